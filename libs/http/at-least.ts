/**
 * Read your writes: `Touchstone-At-Least: <position>` holds a request back until the views have reached the
 * position that a command was answered with, for a bounded time and while the caller is there.
 */
import type { FastifyInstance } from 'fastify';
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
    const gone = callerGone(request, reply);
    fastify.services
      .waitFor(BigInt(header), timeoutMs, gone)
      .then((reached) => done(reached ? undefined : behind()), done);
  });
}

const behind = (): Problem =>
  new Problem(
    503,
    'views.behind',
    'The views have not reached that position yet. Send the same request again.',
    { headers: { 'retry-after': '1' } },
  );
