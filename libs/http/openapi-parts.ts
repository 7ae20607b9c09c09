/** What the OpenAPI document says once and refers to: the problem schema, the headers, the error responses. */
import type { OpenAPIObject } from '@nestjs/swagger';
import { Problem, PROBLEM_JSON, problemBody } from './problem.js';

type Components = NonNullable<OpenAPIObject['components']>;
type Part<Kind extends keyof Components> = NonNullable<Components[Kind]>[string];

const text = (description: string, example: string): Part<'schemas'> => ({
  type: 'string',
  description,
  example,
});

export const PROBLEM_SCHEMA: Part<'schemas'> = {
  type: 'object',
  description: 'RFC 9457 problem details. Further members are plain facts that go with the code.',
  required: ['type', 'title', 'status', 'detail', 'code', 'instance', 'correlationId'],
  properties: {
    type: text('The code as a URI.', 'urn:touchstone:problem:customer.not_found'),
    title: text('The status in words.', 'Not Found'),
    status: { type: 'integer', minimum: 400, maximum: 599, example: 404 },
    detail: text('What is wrong and what to do about it.', 'There is no such customer.'),
    code: text('Stable: for a program to act on.', 'customer.not_found'),
    instance: text('The path that was asked for.', '/v1/customers/01890a5d-ac96-774b-bcce-b302099a8057'),
    correlationId: text('To find the request again in the logs.', '019a3f0c-5d1e-7a44-9d5b-6c2f6f0f3c11'),
    violations: {
      type: 'array',
      description: 'With the status 400: the fields to correct, at most 50.',
      items: {
        type: 'object',
        required: ['field', 'code', 'message'],
        properties: {
          field: text('Its path in the request.', 'lines[0].amount.minor'),
          code: text('Stable.', 'not_whole'),
          message: text('What to send instead.', 'Send a whole number.'),
        },
      },
    },
  },
};

const header = (
  name: string,
  description: string,
  example: string,
  pattern?: string,
): Part<'parameters'> => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string', ...(pattern !== undefined && { pattern }) },
  example,
});

export const requestHeaders: Readonly<Record<string, Part<'parameters'>>> = {
  IdempotencyKey: header(
    'Idempotency-Key',
    'Names the command: sent again with the same body it is answered as the first time.',
    'order-4711-paid',
    '^[!-~]{1,255}$',
  ),
  IfMatch: header('If-Match', 'Decide only if this is still the revision.', '"4"', '^("[0-9]{1,19}"|\\*)$'),
  AtLeast: header(
    'Touchstone-At-Least',
    'The `Touchstone-Position` of an earlier answer: the query is answered from views that have reached it. They are waited for, for 5 s at most; then the answer is 503 `views.behind` with `Retry-After`. A position beyond the end of the log is refused at once with 409 `log.shorter`.',
    '1',
    '^[0-9]{1,19}$',
  ),
  CorrelationId: header(
    'X-Correlation-Id',
    'Your name for this request.',
    'checkout-77',
    '^[A-Za-z0-9_.:-]{1,128}$',
  ),
  Traceparent: header(
    'traceparent',
    'W3C trace context; carried into the events.',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  ),
};

const answered = (description: string, example: string): Part<'headers'> => ({
  description,
  schema: { type: 'string' },
  example,
});

export const responseHeaders: Readonly<Record<string, Part<'headers'>>> = {
  ETag: answered('The revision, to send as If-Match.', '"4"'),
  'Touchstone-Position': answered('The position, to send as Touchstone-At-Least.', '1042'),
  'Idempotency-Replayed': answered(
    '`true` when this is the answer of an earlier request with the same key.',
    'true',
  ),
  'X-Correlation-Id': answered('The name of this request.', '019a3f0c-5d1e-7a44-9d5b-6c2f6f0f3c11'),
  'Retry-After': answered('Seconds to wait before sending again.', '2'),
  'WWW-Authenticate': answered('How to authenticate.', 'Bearer realm="touchstone"'),
  Link: answered('Where a merged customer went.', '</v1/customers/01890a5d>; rel="successor-version"'),
};

type Example = readonly [status: number, code: string, detail: string, ...headers: string[]];

/** One example of each error that routes have in common, by status. */
const ERRORS: readonly Example[] = [
  [400, 'invalid_request', 'The request has fields to correct: see violations.'],
  [401, 'unauthenticated', 'Send an API key as Authorization: Bearer ts_….', 'WWW-Authenticate'],
  [403, 'forbidden', 'A key with the role analyst may not do that. One of these may: back-office.'],
  [404, 'customer.not_found', 'There is no such customer.'],
  [409, 'promise.already_kept', 'The promise has been kept already.'],
  [410, 'customer.merged', 'This customer was merged into another.', 'Link'],
  [412, 'stream.stale', 'If-Match does not hold: the current revision is 7.', 'ETag'],
  [413, 'too_large', 'The body is too large. Send less at a time, or use /v1/import.'],
  [415, 'unsupported_media_type', 'Send the body as application/json, in UTF-8.'],
  [422, 'idempotency.key_reused', 'This Idempotency-Key came before with another body.'],
  [429, 'too_many_requests', 'Too many requests. Wait before the next.', 'Retry-After'],
  [503, 'store.unavailable', 'A store does not answer. Send the same request again.', 'Retry-After'],
];

/** Statuses that mean another thing for a query, or for a long answer, than elsewhere. */
const OTHERS: readonly Example[] = [
  [
    409,
    'log.shorter',
    'The log ends at position 12, before position 1042. Send a position that this log has answered, or none.',
  ],
  [
    429,
    'too_many_streams',
    'This API key has 10 of these under way. Close one, or wait until one ends.',
    'Retry-After',
  ],
];

const VIOLATIONS = [{ field: 'lines[0].amount.minor', code: 'not_whole', message: 'Send a whole number.' }];

/** The status of an error response, by the name to refer to it by. */
export const statusOf = (name: string): string =>
  String(OTHERS.find(([, code]) => code === name)?.[0] ?? name);

/** By the name to refer to them by: the status, or the code where a status has two. */
export const errorResponses: readonly (readonly [string, Part<'responses'>])[] = [
  ...ERRORS.map((example) => [String(example[0]), responseOf(example)] as const),
  ...OTHERS.map((example) => [example[1], responseOf(example)] as const),
];

function responseOf([status, code, detail, ...headers]: Example): Part<'responses'> {
  const problem = new Problem(status, code, detail, status === 400 ? { violations: VIOLATIONS } : {});
  const example = problemBody(problem, '/v1/customers/01890a5d', '019a3f0c-5d1e-7a44-9d5b-6c2f6f0f3c11');
  const named = ['X-Correlation-Id', ...headers].map((name) => [
    name,
    { $ref: `#/components/headers/${name}` },
  ]);
  return {
    description: `${example['title']}: ${detail}`,
    headers: Object.fromEntries(named),
    content: { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' }, example } },
  };
}
