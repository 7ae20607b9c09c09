/**
 * Long answers end when nobody waits for them any more: the caller has gone away, or the server stops. Whoever
 * writes one takes the signal as a parameter and looks at it.
 */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem.js';

/** An AbortSignal, as a parameter of a handler. Its reason is the problem to answer with. */
export const Gone = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const http = context.switchToHttp();
  return goneSignal(http.getRequest<FastifyRequest>().server.unfinished, http.getResponse<FastifyReply>());
});

export function endWithServer(fastify: FastifyInstance): void {
  const unfinished = new Unfinished();
  fastify.decorate('unfinished', unfinished);
  fastify.addHook('preClose', (done) => {
    unfinished.end();
    done();
  });
  // A connection that is kept may bring another request before it is closed.
  fastify.addHook('onRequest', (_request, _reply, done) => done(unfinished.stopping ? STOPPING : undefined));
}

/** The long answers under way. */
export class Unfinished {
  private readonly answers = new Set<AbortController>();
  stopping = false;

  add(answer: AbortController): void {
    if (this.stopping) answer.abort(STOPPING);
    else this.answers.add(answer);
  }

  delete(answer: AbortController): void {
    this.answers.delete(answer);
  }

  end(): void {
    this.stopping = true;
    for (const answer of this.answers) answer.abort(STOPPING);
  }
}

const STOPPING = problemOf({ statusCode: 503 }, false);

/** Aborts when the connection closes: once the answer is written, or because the caller has gone away. */
export function left(reply: FastifyReply): AbortSignal {
  const connection = new AbortController();
  reply.raw.once('close', () => connection.abort());
  return connection.signal;
}

function goneSignal(unfinished: Unfinished, reply: FastifyReply): AbortSignal {
  const answer = new AbortController();
  unfinished.add(answer);
  reply.raw.once('close', () => {
    unfinished.delete(answer);
    answer.abort(STOPPING);
  });
  return answer.signal;
}
