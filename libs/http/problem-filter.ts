import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf, sendProblem } from './problem.js';

/** Answers what was thrown, wherever it was thrown: Nest hands Fastify's own errors on to here too. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error, request.headers['if-match'] !== undefined);
    if (!reply.raw.headersSent && !reply.sent) return sendProblem(problem, request, reply);
    request.server.failures.tell(problem, request);
    if (reply.raw.headersSent) reply.raw.destroy(); // half an answer is already out: cut it, so that it is seen
  }
}
