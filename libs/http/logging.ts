/**
 * Structured logs. A line about a request holds its method, route template, status, time, correlation id and who
 * called; no address, query or body, for those may hold a person.
 */
import type { LoggerService } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { routeOf } from './metrics.js';
import { FailureLog } from './failure-log.js';

/** What Nest itself has to say goes the same way. */
export class NestLog implements LoggerService {
  constructor(private readonly log_: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.log_.info({ context: rest.at(-1) }, String(message));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.log_.warn({ context: rest.at(-1) }, String(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.log_.error({ context: rest.at(-1), stack: rest[0] }, String(message));
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.log_.fatal({ context: rest.at(-1), stack: rest[0] }, String(message));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.log_.debug({ context: rest.at(-1) }, String(message));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.log_.trace({ context: rest.at(-1) }, String(message));
  }
}

export function logRequests(fastify: FastifyInstance): void {
  const { log } = fastify.services;
  const failures = new FailureLog(log);
  fastify.decorate('failures', failures);
  fastify.addHook('onClose', (_, done) => {
    failures.close();
    done();
  });
  if (!log.isLevelEnabled('info')) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    log.info({
      method: request.method,
      route: routeOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      correlationId: request.id,
      principal: request.caller?.id,
    });
    done();
  });
}
