/**
 * A long answer ends when nobody may have the rest of it: the caller has gone away, the key of the caller was revoked,
 * or the server stops. The code that makes such an answer takes the signal as a parameter and looks at it.
 */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isLetIn, revoked } from './authentication.js';
import { Problem, problemOf } from './problem.js';

/**
 * An AbortSignal, as a parameter of a handler. Its reason is the problem to answer with.
 * @throws that problem where the answer is not to begin
 */
export const Gone = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const http = context.switchToHttp();
  const signal = goneSignal(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  signal.throwIfAborted();
  return signal;
});

/** @param graceMs longest time for an answer to end after the key of its caller was revoked */
export function endUnfinished(fastify: FastifyInstance, graceMs: number): void {
  const unfinished = new Unfinished(graceMs);
  fastify.decorate('unfinished', unfinished);
  fastify.services.keys.whenRevoked((id) => unfinished.revoke(id));
  fastify.addHook('preClose', (done) => {
    unfinished.stop();
    done();
  });
  // A connection that is kept may bring another request before it is closed.
  fastify.addHook('onRequest', (_request, _reply, done) => done(unfinished.stopping ? STOPPING : undefined));
}

const STOPPING = problemOf({ statusCode: 503 }, false);
/** Is never read: whoever asked has gone away. The status is the one that web servers log for this. */
const LEFT = new Problem(499, 'caller_left', 'The caller has gone away.');

interface Answer {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** False for an answer that is short once it has begun: a server that stops lets it be made. */
  readonly endsWithServer: boolean;
}

/** The answers under way that somebody may have to end. */
export class Unfinished {
  private readonly answers = new Map<AbortController, Answer>();
  stopping = false;

  constructor(private readonly graceMs: number) {}

  add(answer: Answer): AbortSignal {
    const ending = new AbortController();
    this.answers.set(ending, answer);
    answer.reply.raw.once('close', () => {
      this.answers.delete(ending);
      ending.abort(LEFT);
    });
    if (this.stopping && answer.endsWithServer) ending.abort(STOPPING);
    if (!isLetIn(answer.request)) ending.abort(revoked());
    return ending.signal;
  }

  revoke(principal: string): void {
    for (const [ending, { request, reply }] of this.answers) {
      if (request.caller?.id !== principal) continue;
      ending.abort(revoked());
      // A caller who takes nothing would keep the answer from ending.
      const cut = setTimeout(() => reply.raw.destroy(), this.graceMs).unref();
      reply.raw.once('close', () => clearTimeout(cut));
    }
  }

  stop(): void {
    this.stopping = true;
    for (const [ending, { endsWithServer }] of this.answers) if (endsWithServer) ending.abort(STOPPING);
  }
}

/** For what takes time before an answer begins: a server that stops still makes it. */
export const callerGone = (request: FastifyRequest, reply: FastifyReply): AbortSignal =>
  request.server.unfinished.add({ request, reply, endsWithServer: false });

const goneSignal = (request: FastifyRequest, reply: FastifyReply): AbortSignal =>
  request.server.unfinished.add({ request, reply, endsWithServer: true });
