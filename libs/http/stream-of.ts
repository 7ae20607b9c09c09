/** An answer that is made while it is sent. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem.js';

/**
 * The stream of an answer. Text is made when there is room for it and no sooner. An error cuts the answer off, so that
 * nobody takes a part for the whole.
 */
export function streamOf(
  text: AsyncIterable<string>,
  request: FastifyRequest,
  reply: FastifyReply,
): Readable {
  const stream = Readable.from(text, { objectMode: false });
  stream.once('error', (error) => {
    // Before the first byte of the answer the error is answered, and told, as any other.
    if (reply.raw.headersSent) request.server.failures.tell(problemOf(error, false), request);
  });
  return stream;
}
