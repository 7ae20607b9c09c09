/**
 * What a request says beside its body: the correlation id it belongs to, the key that names its command, the
 * revision it was decided on. It travels on the request, and so nothing needs to be looked up by thread.
 */
import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext, Ids } from '#kernel';
import { callerOf } from './authentication.js';
import { Problem } from './problem.js';
import { invalidRequest } from './validation.js';

/** What is needed to send a command, as a parameter of a handler. */
export const Context = createParamDecorator((_: unknown, context: ExecutionContext) =>
  commandContext(context.switchToHttp().getRequest<FastifyRequest>()),
);

const TOKEN = /^[A-Za-z0-9_.:-]{1,128}$/;
const TRACE = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** What an idempotency key is made of. */
export const VISIBLE = /^[\x21-\x7e]{1,255}$/;
const STRONG_ETAG = /^"(0|[1-9]\d{0,18})"$/;

/** The id of the request: what the caller calls it, or else the trace it is part of, or else a new one. */
export function correlationId({ headers }: IncomingMessage, ids: Ids): string {
  const given = headers['x-correlation-id'];
  if (typeof given === 'string' && TOKEN.test(given)) return given;
  return TRACE.exec(String(headers['traceparent']))?.[1] ?? ids.next();
}

/** @throws Problem 400 when Idempotency-Key or If-Match is malformed */
export function commandContext(request: FastifyRequest): CommandContext {
  const { clock, ids } = request.server.services;
  const { id, role } = callerOf(request);
  const traceparent = String(request.headers['traceparent']);
  const expectedRevision = revisionIn(request.headers['if-match']);
  const named = namedBy(request, id) ?? { commandId: ids.next(), request: null };
  return {
    ...named,
    correlationId: request.id,
    causationId: named.commandId,
    ...(TRACE.test(traceparent) && { traceparent }),
    actor: { id, role },
    now: clock.now(),
    ...(expectedRevision !== undefined && { expectedRevision }),
  };
}

type Named = Pick<CommandContext, 'commandId' | 'request' | 'former'>;

/** Null where the caller names no command: without a key, and for lines, of which each has a key of its own. */
function namedBy(request: FastifyRequest, caller: string): Named | null {
  const key = idempotencyKey(request);
  const { url: route = '', config } = request.routeOptions;
  if (key === undefined || config.ndjson === true) return null;
  const { commandNames: names } = request.server.services;
  const params = request.params as Readonly<Record<string, string>>; // of a route each is text
  const former = names.formerCommand(key, route, params, request.body);
  return {
    commandId: names.idOf({ caller, route, params, key }),
    request: names.digestOf(route, params, request.body),
    ...(former && { former }),
  };
}

function idempotencyKey({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && VISIBLE.test(key))) return key;
  throw malformed('Idempotency-Key', '1 to 255 visible ASCII characters');
}

/** `*` asks only that the thing is there, which every command asks anyway. */
function revisionIn(ifMatch: string | undefined): bigint | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined;
  const revision = STRONG_ETAG.exec(ifMatch)?.[1];
  if (revision === undefined) throw malformed('If-Match', 'one strong ETag such as "5", or *');
  return BigInt(revision);
}

export const malformed = (header: string, wanted: string): Problem =>
  invalidRequest([{ field: header, code: 'malformed_header', message: `Send ${wanted}.` }]);
