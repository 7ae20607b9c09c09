/**
 * Read your writes: `Touchstone-At-Least: <position>` holds a request back until the views have reached the
 * position that a command was answered with, for a bounded time and while the caller is there.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { callerGone } from './gone.js';
import { Problem } from './problem.js';
import { malformed } from './request-context.js';

const POSITION = /^(0|[1-9]\d{0,18})$/;

export function awaitViews(fastify: FastifyInstance, timeoutMs: number): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const header = request.headers['touchstone-at-least'];
    if (header === undefined || request.routeOptions.config.access === 'public') return done(); // those read no views
    if (typeof header !== 'string' || !POSITION.test(header)) {
      return done(malformed('Touchstone-At-Least', 'the Touchstone-Position of an earlier answer'));
    }
    seenByViews(request, reply, BigInt(header), timeoutMs).then(
      (seen) => done(seen ? undefined : behind()),
      done,
    );
  });
}

/**
 * Whether the views have seen a position, within the time. For an answer that is to be true of all that is shown.
 * @throws what the request is to be answered with once its caller may not wait any longer
 */
export const seenByViews = (
  request: FastifyRequest,
  reply: FastifyReply,
  position: bigint,
  timeoutMs: number,
): Promise<boolean> => request.server.services.waitFor(position, timeoutMs, callerGone(request, reply));

const behind = (): Problem =>
  new Problem(
    503,
    'views.behind',
    'The views have not reached that position yet. Send the same request again.',
    { headers: { 'retry-after': '1' } },
  );
