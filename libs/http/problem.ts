/**
 * One answer for everything that goes wrong: RFC 9457 problem details. Whatever is thrown, by a rule of the
 * domain, a store, Nest or Fastify itself, becomes a Problem here and nowhere else. What is not known is a
 * 500 that says nothing; its stack goes to the log.
 */
import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorKind } from '#kernel';
import { EventTooLarge, StoreUnavailable, WrongExpectedRevision } from '#event-store/port.js';
import { KeyDamaged, KeyMissing, KeyStoreUnavailable, SubjectErased } from '#key-store/port.js';
import { ReadStoreUnavailable } from '#read-store/port.js';
import type { Violation } from './validation.js';

interface Particulars {
  readonly violations?: readonly Violation[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the body: plain facts for a program. */
  readonly facts?: Readonly<Record<string, string | number>>;
  /** For the log, not for the caller. */
  readonly cause?: unknown;
}

export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly status: number,
    /** Stable and documented. */
    readonly code: string,
    /** What is wrong and what to do about it. No personal data. */
    detail: string,
    readonly particulars: Particulars = {},
  ) {
    super(detail, particulars.cause === undefined ? {} : { cause: particulars.cause });
  }
}

/** Seconds after which a store that is away is worth asking again. */
const RETRY_AFTER = '2';

const STATUS_OF: Readonly<Record<ErrorKind, number>> = {
  rule: 409,
  not_found: 404,
  gone: 410,
  invalid: 400,
  stale: 412,
  key_reused: 422,
  unavailable: 503,
};

/** The Problem that an error is. `conditional`: the request had an If-Match. */
export function problemOf(error: unknown, conditional: boolean): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DomainError) return ofDomain(error);
  if (error instanceof WrongExpectedRevision) return ofConflict(error, conditional);
  if (error instanceof KeyDamaged || error instanceof KeyMissing) return unusableKey(error);
  if (UNAVAILABLE_ERRORS.some((kind) => error instanceof kind)) return unavailable(error);
  if (error instanceof SubjectErased) return ERASED;
  if (error instanceof EventTooLarge)
    return new Problem(413, 'too_large', 'Too much in one command. Send less.');
  return ofFramework(error) ?? internal(error);
}

const UNAVAILABLE_ERRORS = [StoreUnavailable, ReadStoreUnavailable, KeyStoreUnavailable];

const unavailable = (cause: unknown): Problem =>
  new Problem(503, 'store.unavailable', 'A store does not answer. Send the same request again.', {
    headers: { 'retry-after': RETRY_AFTER },
    cause,
  });

const unusableKey = (cause: unknown): Problem =>
  new Problem(
    503,
    'key.unusable',
    "This customer's key is damaged or missing, so that nothing personal can be kept of them. The keys are to be restored from a backup.",
    { headers: { 'retry-after': RETRY_AFTER }, cause },
  );

/** Another process erased the customer after this one had decided: the answer that deciding again would give. */
const ERASED = new Problem(410, 'customer.erased', 'This customer was erased; nothing can be added.');

const internal = (cause: unknown): Problem =>
  new Problem(500, 'internal', 'This is a defect of the server. Report it with the correlation id.', {
    cause,
  });

function ofDomain(error: DomainError): Problem {
  const { code, message, kind, facts } = error;
  const headers: Record<string, string> = {};
  if (kind === 'gone' && facts['successor'] !== undefined) {
    headers['link'] = `</v1/customers/${encodeURIComponent(facts['successor'])}>; rel="successor-version"`;
  }
  if (kind === 'stale' && facts['revision'] !== undefined) headers['etag'] = `"${facts['revision']}"`;
  if (kind === 'unavailable') headers['retry-after'] = String(facts['retryAfter'] ?? RETRY_AFTER);
  const violations =
    kind === 'invalid' && typeof facts['field'] === 'string'
      ? { violations: [{ field: facts['field'], code, message }] }
      : {};
  return new Problem(STATUS_OF[kind], code, message, { headers, facts, ...violations, cause: error });
}

function ofConflict({ actual }: WrongExpectedRevision, conditional: boolean): Problem {
  const headers: Record<string, string> = actual === null ? {} : { etag: `"${actual}"` };
  return conditional
    ? new Problem(412, 'stream.stale', 'If-Match does not hold. Read again and decide again.', { headers })
    : new Problem(409, 'stream.contended', 'Another command came first. Send it again.', { headers });
}

/** Fastify and Nest say what they mean by a status; their messages may repeat the request and are left out. */
const FRAMEWORK: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['malformed', 'The request cannot be read. Check its address, its headers and that its body is JSON.'],
  401: ['unauthenticated', 'Send an API key as Authorization: Bearer.'],
  403: ['forbidden', 'This key may not do that.'],
  404: ['route.not_found', 'Nothing is served here. /openapi.json lists what is, with its methods.'],
  406: ['not_acceptable', 'Accept application/json.'],
  408: ['too_slow', 'The request did not arrive in time. Send it again.'],
  413: ['too_large', 'The body is too large. Send less at a time, or use /v1/import.'],
  414: ['address_too_long', 'The address is too long.'],
  415: ['unsupported_media_type', 'Send the body as application/json, in UTF-8.'],
  429: ['too_many_requests', 'Too many requests. Wait before the next.'],
  431: ['headers_too_large', 'The headers are too large. Send fewer.'],
  503: ['unavailable', 'The server is stopping or busy. Send the request again.'],
};

function ofFramework(error: unknown): Problem | undefined {
  const status = statusOf(error);
  const known = FRAMEWORK[status];
  if (known === undefined && (status < 400 || status > 499)) return undefined;
  const [code, detail] = known ?? ['refused', `${STATUS_CODES[status] ?? 'The request is refused'}.`];
  const headers: Record<string, string> = status === 503 ? { 'retry-after': RETRY_AFTER } : {};
  return new Problem(status, code, detail, { headers, ...(error instanceof Error && { cause: error }) });
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null | undefined)?.statusCode;
  return typeof status === 'number' ? status : 500;
}

export const PROBLEM_JSON = 'application/problem+json';

/** The body. `type` names the code; `instance` is the path without its query. */
export function problemBody(problem: Problem, path: string, correlationId: string): Record<string, unknown> {
  const { status, code, message, particulars } = problem;
  return {
    ...particulars.facts,
    type: `urn:touchstone:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    code,
    instance: path,
    correlationId,
    ...(particulars.violations && { violations: particulars.violations }),
  };
}

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  request.server.failures.tell(problem, request);
  const path = request.url.split('?', 1)[0]!.slice(0, 200); // split gives at least one part
  void reply
    .code(problem.status)
    .headers(problem.particulars.headers ?? {})
    .header('content-type', PROBLEM_JSON)
    .send(JSON.stringify(problemBody(problem, path, request.id)));
}
