/**
 * A route in one decorator: what it does, who may call it and what it answers, with an example. What all
 * commands or all queries have in common, headers and errors, `openapi.ts` adds by kind.
 */
import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiBody,
  ApiExtension,
  ApiExtraModels,
  ApiOperation,
  ApiProduces,
  ApiResponse,
  ApiTags,
  getSchemaPath,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import type { Role } from '#kernel';
import { Roles } from './authentication.js';
import { Ndjson } from './bodies.js';
import { MOST_AT_ONCE } from './long-answers.js';
import { lookupRule, type PersonalLookup } from './personal.js';
import { configure } from './route-config.js';

export interface AboutRoute {
  /** One line, as a person would say it. */
  readonly summary: string;
  readonly description?: string;
  /** The chapter of the document. */
  readonly tag?: string;
  readonly roles: readonly [Role, ...Role[]];
  /** Where it looks people up by something personal: refused there to analysts who may not see it. */
  readonly personal?: PersonalLookup;
  /** Takes as long as its caller likes, as a stream does: each API key has ten at once. Take `Gone` to end it. */
  readonly long?: true;
  /** Rules of the domain that may stand in the way: their codes, and what each means. */
  readonly refusals?: Readonly<Record<string, string>>;
}

export interface AboutCommand extends AboutRoute {
  /** The ids that are answered, with an example of each. */
  readonly ids: Readonly<Record<string, string>>;
}

export interface AboutQuery extends AboutRoute {
  /** The class of the answer, where it is one; `[Class]` for a list of it. */
  readonly answer?: Type | [Type];
  /** The class of what a page is made of, where the answer is a page. */
  readonly page?: Type;
  readonly example: unknown;
  /** True when it is also answered as CSV. */
  readonly csv?: boolean;
}

export interface AboutBulk extends AboutRoute {
  /** One line of what is sent, and of what is answered. */
  readonly line: unknown;
  readonly answer: unknown;
}

export type RouteKind = 'command' | 'query' | 'bulk';

/** The mark by which `openapi.ts` knows a route's kind. */
export const KIND = 'x-kind';
/** Where it looks people up by something personal, for programs. */
const PERSONAL = 'x-personal';
/** How many there may be at once for one API key, for programs. */
export const AT_ONCE = 'x-at-once';
/** The codes of the rules that may stand in the way, for programs. */
export const REFUSALS = 'x-refusals';

/** A route that changes something. Answer it with `answer()`. */
export function CommandRoute(about: AboutCommand): MethodDecorator {
  const example = { ...about.ids, revision: '4', position: '1042' };
  const text = { type: 'string' } as const;
  const properties = Object.fromEntries(Object.keys(example).map((name) => [name, text]));
  const schema = { type: 'object', properties, required: Object.keys(example), example } as const;
  // A stream that has no events at all has no position.
  const nothing = { ...schema, properties: { ...properties, position: { ...text, nullable: true } } };
  return applyDecorators(
    route('command', about),
    ApiResponse({
      status: 201,
      description: 'Recorded.',
      schema: { ...schema, required: [...schema.required] },
    }),
    ApiResponse({ status: 200, description: 'It was so already: nothing recorded.', schema: nothing }),
  );
}

/** A route that only reads. */
export function QueryRoute(about: AboutQuery): MethodDecorator {
  const { answer, page, example, csv = false } = about;
  return applyDecorators(
    route('query', about),
    ApiResponse({
      status: 200,
      description: 'Found.',
      example,
      ...(answer !== undefined && { type: answer }),
      ...(page !== undefined && { schema: pageOf(page) }),
    } as ApiResponseOptions), // its type knows no response of which there is an example only
    ...(page === undefined ? [] : [ApiExtraModels(page)]),
    ...(csv ? [ApiProduces('application/json', 'text/csv')] : []),
  );
}

const pageOf = (item: Type) => ({
  type: 'object',
  properties: {
    items: { type: 'array', items: { $ref: getSchemaPath(item) } },
    next: {
      description: 'The cursor of the next page; null on the last.',
      oneOf: [{ type: 'string' }, { type: 'null' }],
    },
  },
  required: ['items', 'next'],
});

/** A route that takes lines of JSON and answers a line for each, as it goes. */
export function BulkRoute({ line, answer, ...about }: AboutBulk): MethodDecorator {
  const lines = (example: unknown) => ({
    'application/x-ndjson': { schema: { type: 'string' as const, example: `${JSON.stringify(example)}\n` } },
  });
  return applyDecorators(
    route('bulk', about),
    Ndjson(),
    ApiBody({ schema: { type: 'string', example: `${JSON.stringify(line)}\n` } }),
    ApiResponse({
      status: 200,
      description: 'A line for each line, in their order.',
      content: lines(answer),
    }),
  );
}

function route(
  kind: RouteKind,
  { summary, description, tag, roles, personal, long, refusals = {} }: AboutRoute,
): MethodDecorator {
  const refused = Object.entries(refusals).map(([code, meaning]) => `- \`${code}\`: ${meaning}`);
  const paragraphs = [description, `Roles: ${roles.join(', ')}.`];
  if (long)
    paragraphs.push(
      `An API key has at most ${MOST_AT_ONCE} at once; a further one is refused with 429 \`too_many_streams\`.`,
    );
  if (personal !== undefined) paragraphs.push(lookupRule(personal));
  if (refused.length > 0) paragraphs.push(`Refused with\n${refused.join('\n')}`);
  return applyDecorators(
    Roles(...roles),
    ApiOperation({ summary, description: paragraphs.filter(Boolean).join('\n\n') }),
    ApiExtension(KIND, kind),
    ...(refused.length === 0 ? [] : [ApiExtension(REFUSALS, Object.keys(refusals))]),
    ...(long ? [configure({ long }), ApiExtension(AT_ONCE, MOST_AT_ONCE)] : []),
    ...(personal === undefined ? [] : [configure({ personal }), ApiExtension(PERSONAL, personal)]),
    ...(tag === undefined ? [] : [ApiTags(tag)]),
  );
}
