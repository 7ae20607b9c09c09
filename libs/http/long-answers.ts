/**
 * Long answers hold memory and a connection for as long as their caller likes, so each API key has some of each route
 * at once and no more.
 */
import type { FastifyInstance } from 'fastify';
import { callerOf } from './authentication.js';
import { Problem } from './problem.js';

/** Of one route, for one API key. */
export const MOST_AT_ONCE = 10;

export function boundLongAnswers(fastify: FastifyInstance): void {
  const underWay = new Map<string, number>();
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.long !== true) return done();
    const name = `${callerOf(request).id} ${request.routeOptions.url}`;
    const count = underWay.get(name) ?? 0;
    if (count >= MOST_AT_ONCE) return done(tooMany());
    underWay.set(name, count + 1);
    reply.raw.once('close', () => {
      const left = (underWay.get(name) ?? 1) - 1;
      if (left === 0) underWay.delete(name);
      else underWay.set(name, left);
    });
    done();
  });
}

const tooMany = (): Problem =>
  new Problem(
    429,
    'too_many_streams',
    `This API key has ${MOST_AT_ONCE} of these under way. Close one, or wait until one ends.`,
    { headers: { 'retry-after': '5' } },
  );
