/**
 * What may come in a body, how much of it and how slowly. JSON is read whole, within a limit and a time; NDJSON is
 * handed to its route as it arrives, of any length. Nothing else is taken.
 */
import { Readable } from 'node:stream';
import { applyDecorators } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseJson } from './json.js';
import { linger } from './linger.js';
import { problemOf, sendProblem, type Problem } from './problem.js';
import { configure } from './route-config.js';

/** A route whose `@Body()` is the stream of an NDJSON body. */
export const Ndjson = (): MethodDecorator =>
  applyDecorators(configure({ ndjson: true }), ApiConsumes('application/x-ndjson'));

/**
 * @param arrivalMs longest time for a body to arrive
 * @param lingerMs longest time for the rest of it to arrive once it was answered
 */
export function takeBodies(fastify: FastifyInstance, arrivalMs: number, lingerMs: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, parseJson(text as string)); // parseAs says so
    } catch (error) {
      done(error as Problem); // parseJson throws nothing else
    }
  });
  fastify.addContentTypeParser('application/x-ndjson', (request, stream, done) => {
    if (request.routeOptions.config.ndjson !== true) return done(problemOf({ statusCode: 415 }, false));
    clearTimeout(request.arrival ?? undefined); // by now the caller is known and may do this
    done(null, stream);
  });

  // A route that takes lines takes nothing else, and not nothing.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const wrong = request.routeOptions.config.ndjson === true && !(request.body instanceof Readable);
    done(wrong ? problemOf({ statusCode: 415 }, false) : undefined);
  });

  // Node's own requestTimeout would cut a long import, so the time of each body is kept here.
  fastify.decorateRequest('arrival', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request)) request.arrival = setTimeout(giveUp, arrivalMs, request, reply);
    done();
  });
  fastify.addHook('onResponse', ({ arrival, raw }, _reply, done) => {
    if (arrival !== null) clearTimeout(arrival);
    if (!raw.complete) linger(raw, lingerMs);
    done();
  });
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

function giveUp(request: FastifyRequest, reply: FastifyReply): void {
  if (request.raw.complete || reply.sent) return;
  sendProblem(problemOf({ statusCode: 408 }, false), request, reply.header('connection', 'close'));
}
