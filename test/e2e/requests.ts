/**
 * Requests made by chance from the OpenAPI document: what it asks for, and the same with something wrong. Values of
 * personal fields carry MARK, so that wherever one of them turns up it is recognised.
 */
import * as fc from 'fast-check';
import { exampleOf, type Operation, type Parameter, type Schema } from '#test/support/api-document.js';

/** In every text that stands for what a person is called, wrote or said. */
export const MARK = 'QuokkaXylophone';
/** Digits of the telephone number that stands for a person's. */
export const MARK_PHONE = '7946095813';

export interface Asked {
  readonly operation: Operation;
  /** By name; undefined leaves it to the one who sends: an id that exists. */
  readonly path: Readonly<Record<string, string | undefined>>;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** Text as it is sent. */
  readonly body: string | undefined;
}

export const requestOf = (operation: Operation): fc.Arbitrary<Asked> =>
  fc.record({
    operation: fc.constant(operation),
    path: fc.record(
      Object.fromEntries(
        operation.parameters.filter((one) => one.in === 'path').map((one) => [one.name, pathValue(one)]),
      ),
    ),
    query: queryOf(operation.parameters.filter((one) => one.in === 'query')),
    headers: headersOf(operation),
    body: bodyOf(operation),
  });

/** Often what exists, sometimes what is well formed, seldom nonsense. */
const pathValue = ({ schema }: Parameter): fc.Arbitrary<string | undefined> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: textOf(schema) },
    { weight: 1, arbitrary: nonsense },
  );

const queryOf = (parameters: readonly Parameter[]): fc.Arbitrary<(readonly [string, string])[]> => {
  const given = fc
    .tuple(
      ...parameters.map((parameter) =>
        fc.tuple(
          fc.constant(parameter.name),
          fc.oneof(
            { weight: 6, arbitrary: fc.constant(String(exampleOf(parameter))) },
            { weight: 2, arbitrary: textOf(parameter.schema) },
            { weight: 1, arbitrary: nonsense },
          ),
          fc.double({ min: 0, max: 1, noNaN: true }),
        ),
      ),
    )
    .chain((all) =>
      fc
        .double({ min: 0, max: 1, noNaN: true })
        .map((share) =>
          all
            .filter(
              ([name, , chance]) =>
                chance < share * 0.6 || parameters.some((p) => p.name === name && p.required),
            )
            .map(([name, value]) => [name, value] as const),
        ),
    );
  const extra = fc.tuple(fc.constantFrom('q', 'limit', 'cursor', '__proto__', MARK), nonsense);
  return fc
    .tuple(given, fc.option(extra, { freq: 10 }))
    .map(([some, more]) => (more ? [...some, more] : some));
};

const HEADERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'idempotency-key': fc.oneof(fc.uuid(), fc.constantFrom('same', '', ' ', 'x'.repeat(300), 'ä')),
  'if-match': fc.constantFrom('"0"', '"1"', '*', 'W/"1"', '1', '"-1"', `"${'9'.repeat(30)}"`),
  'touchstone-at-least': fc.constantFrom('0', '1', '-1', 'soon', '9'.repeat(30), '1e3'),
  'x-correlation-id': fc.constantFrom('checkout-77', '', 'a b', 'x'.repeat(500)),
  traceparent: fc.constantFrom('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '00-0-0-0', 'ä'),
  accept: fc.constantFrom('text/csv', 'text/html', '*/*', 'application/json;q=0', ';;;'),
  'accept-encoding': fc.constantFrom('gzip', 'nonsense'),
  'content-encoding': fc.constantFrom('gzip', 'nonsense'),
  expect: fc.constant('100-continue'),
  range: fc.constant('bytes=5-1'),
  'last-event-id': fc.constantFrom('0', 'first', '9'.repeat(30)),
  'x-http-method-override': fc.constant('DELETE'),
};

const headersOf = ({ requestBody }: Operation): fc.Arbitrary<Record<string, string>> => {
  const [type = 'application/json'] = Object.keys(requestBody?.content ?? {});
  const types = fc.oneof(
    { weight: 30, arbitrary: fc.constant(type) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'application/xml',
        'text/plain',
        'application/json; charset=latin1',
        'multipart/form-data',
        'nonsense',
        '',
      ),
    },
  );
  const others = fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(...Object.keys(HEADERS))
        .chain((name) => (HEADERS[name] ?? fc.constant('')).map((value) => ({ [name]: value }))),
    },
  );
  return requestBody === undefined
    ? others.map((some): Record<string, string> => some)
    : fc.tuple(types, others).map(([contentType, some]) => ({ ...some, 'content-type': contentType }));
};

const bodyOf = ({ method, requestBody }: Operation): fc.Arbitrary<string | undefined> => {
  if (method === 'GET') return fc.constant(undefined);
  const [content] = Object.values(requestBody?.content ?? {});
  if (content === undefined) return fc.option(nonsense, { nil: undefined, freq: 5 });
  const right = valueOf(content.schema ?? {}).map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 6, arbitrary: right },
    {
      weight: 6,
      arbitrary: fc
        .tuple(valueOf(content.schema ?? {}), damages)
        .map(([value, damage]) => damaged(value, damage)),
    },
    { weight: 1, arbitrary: fc.oneof(nonsense, nothingOfTheKind) },
  );
};

/** What the schema asks for, with every optional field there or not. */
function valueOf(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  if (schema.allOf?.[0] !== undefined) return valueOf(schema.allOf[0], name);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array': {
      const { minItems = 0, maxItems = 3, items = {} } = schema;
      return fc.array(valueOf(items, name), {
        minLength: minItems,
        maxLength: Math.max(minItems, Math.min(maxItems, 3)),
      });
    }
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    default:
      return textOf(schema);
  }
}

const objectOf = ({ properties = {}, required = [] }: Schema): fc.Arbitrary<object> =>
  fc.record(Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, valueOf(of, name)])), {
    requiredKeys: [...required],
  });

const numberOf = ({ type, minimum, maximum, example }: Schema): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constant(Number(example ?? minimum ?? 1)),
    fc.constantFrom(minimum ?? -1, maximum ?? Number.MAX_SAFE_INTEGER, 0, 1),
    type === 'integer'
      ? fc.integer({
          min: Math.max(minimum ?? -1000, -(2 ** 31)),
          max: Math.min(maximum ?? 1000, 2 ** 31 - 1),
        })
      : fc.double({ min: minimum ?? -1, max: maximum ?? 1, noNaN: true }),
  );

function textOf(schema: Schema): fc.Arbitrary<string> {
  const { format, pattern, example, maxLength = 100, minLength = 1 } = schema;
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.map(String));
  if (format === 'email') return fc.nat(999).map((n) => `${MARK}.${n}@example.com`);
  if (format === 'date')
    return fc.constantFrom('2024-02-29', '2026-01-01', '1970-01-01', '9999-12-31', '2026-02-30');
  if (format === 'date-time')
    return fc.constantFrom(
      '2026-01-01T00:00:00Z',
      '2024-02-29T23:59:59.999+05:30',
      '0001-01-01T00:00:00+14:00',
    );
  if (format === 'uuid')
    return fc.oneof(fc.constant(String(example)), fc.uuid(), fc.constantFrom('constructor', MARK));
  if (pattern !== undefined)
    return fc.oneof(
      { weight: 4, arbitrary: fc.constant(String(example)) },
      { weight: 4, arbitrary: fc.stringMatching(new RegExp(pattern)) },
      { weight: 1, arbitrary: fc.constantFrom('constructor', 'valueOf', 'toString') }, // what every object has
    );
  if (String(example).startsWith('+44')) return fc.constant(`+44 20 ${MARK_PHONE}`);
  if (/^[A-Z]{3}$|^[A-Z]\w+\/\w+$/.test(String(example))) return fc.constant(String(example)); // a currency, a zone
  return fc
    .oneof(
      fc.constant(''),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constant('x'.repeat(maxLength)),
    )
    .map((more) => `${MARK}${more}`.slice(0, Math.max(maxLength, minLength)));
}

/** Text of every kind that nobody asked for. */
const nonsense: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.constantFrom(
    '', ' ', '0', '-1', '1e999', 'null', 'true', '[]', '{}', '../../etc/passwd', "' OR 1=1 --", '\u0000', '\ud800',
    '${7*7}', '%00', '__proto__', 'constructor', '\u202e', `${MARK}@example.com`, `${MARK} `.repeat(50), '9'.repeat(40),
  ),
); // prettier-ignore

const deep = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

/** Bodies that are no command at all. */
const nothingOfTheKind: fc.Arbitrary<string> = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.constantFrom(
    '', '{', '{"a":1,"a":2}', '{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{}}}', '[[[]]]', '"text"', 'null',
    '{"kind":1e999}', '\ufeff{}', '{"kind":"person"}{"kind":"person"}', deep('[', ']', 5_000), deep('{"a":', '}', 5_000),
    `{"name":"${'x'.repeat(300_000)}"}`,
  ),
); // prettier-ignore

interface Damage {
  readonly kind: 'leave out' | 'add' | 'replace';
  readonly place: number;
  readonly junk: unknown;
}

const damages: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('leave out', 'add', 'replace', 'replace'),
  place: fc.nat(1000),
  junk: fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1.5,
      1e308,
      -1e308,
      2 ** 53,
      [],
      {},
      [[]],
      { minor: 1 },
      '',
      MARK,
    ),
    nonsense,
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: 'grapheme', minLength: 200, maxLength: 400 }),
  ),
});

/** The JSON of a value with one thing wrong in it, somewhere. */
function damaged(value: unknown, { kind, place, junk }: Damage): string {
  const copy = structuredClone(value);
  const objects = objectsIn(copy);
  const object = objects[place % objects.length];
  if (object === undefined) return JSON.stringify(junk);
  const names = Object.keys(object);
  const name = names[place % names.length] ?? MARK;
  if (kind === 'leave out') Reflect.deleteProperty(object, name);
  else object[kind === 'add' ? `${MARK}${place}` : name] = junk;
  return JSON.stringify(copy);
}

const objectsIn = (value: unknown): Record<string, unknown>[] =>
  typeof value !== 'object' || value === null
    ? []
    : [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsIn)];
