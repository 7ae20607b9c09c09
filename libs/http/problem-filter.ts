import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { INTERNAL, problemOf, sendProblem } from './problem.js';

/** Answers what was thrown, wherever it was thrown: Nest hands Fastify's own errors on to here too. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error, request.headers['if-match'] !== undefined);
    if (problem === INTERNAL) this.log.error({ err: error, correlationId: request.id }, 'defect');
    if (reply.raw.headersSent)
      reply.raw.destroy(); // half an answer is already out: cut it, so that it is seen
    else if (!reply.sent) sendProblem(problem, request, reply);
  }
}
