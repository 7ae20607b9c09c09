/** The API describes all of itself, with examples that are true of it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  apiDocument,
  exampleOf,
  nameOf,
  type ApiDocument,
  type Content,
  type Operation,
  type Schema,
} from '#test/support/api-document.js';
import { misfits } from '#test/support/fits.js';
import { startTouchstone, type Touchstone } from '#test/support/touchstone.js';

let touchstone: Touchstone;
let document: ApiDocument;
beforeAll(async () => {
  touchstone = await startTouchstone();
  document = await apiDocument(touchstone.url); // resolves every reference, or throws
});
afterAll(() => touchstone.stop());

/** What is missing, one line each: `POST /v1/customers: no summary`. */
const gaps = (find: (operation: Operation) => readonly (string | false | undefined)[]): string[] =>
  document.operations.flatMap((operation) =>
    find(operation)
      .filter(Boolean)
      .map((gap) => `${nameOf(operation)}: ${gap}`),
  );

describe('the OpenAPI document', () => {
  it('is of version 3.1', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  });

  it('describes every route that is served, and no other', () => {
    const served = routesOf(
      touchstone.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }),
    )
      .filter((route) => !/^GET \/(openapi\.json$|docs(\/|$))/.test(route))
      .sort();
    expect(document.operations.map(nameOf).sort()).toEqual(served);
  });

  it('names every operation once', () => {
    const ids = document.operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('says of every route what it does, in which chapter', () => {
    expect(
      gaps(({ summary, tags }) => [!summary && 'no summary', tags?.length !== 1 && `tags ${tags}`]),
    ).toEqual([]);
  });

  it('describes every parameter, with an example that it would take', () => {
    expect(
      gaps(({ parameters }) =>
        parameters.flatMap((parameter) => {
          const example = exampleOf(parameter);
          return [
            !parameter.description && `${parameter.name} is not described`,
            example === undefined && `${parameter.name} has no example`,
            example !== undefined && misfits(parameter.schema, example) && `${parameter.name}: ${example}`,
          ];
        }),
      ),
    ).toEqual([]);
  });

  it('names every parameter of every path', () => {
    expect(
      gaps(({ path, parameters }) =>
        [...path.matchAll(/\{(\w+)\}/g)].map(
          ([, name]) =>
            !parameters.some((one) => one.in === 'path' && one.name === name) && `${name} is not named`,
        ),
      ),
    ).toEqual([]);
  });

  it('gives an example of every field of every body, and the fields fit them', () => {
    expect(
      gaps(({ requestBody }) =>
        Object.values(requestBody?.content ?? {}).flatMap(({ schema, example }) =>
          example === undefined && schema !== undefined ? unexampled(schema, 'body') : [],
        ),
      ),
    ).toEqual([]);
  });

  it('describes every response, with an example that fits its schema', () => {
    expect(
      gaps(({ responses }) =>
        Object.entries(responses).flatMap(([status, { description, content = {} }]) => [
          !description && `${status} is not described`,
          Object.keys(content).length === 0 && `${status} has no content`,
          ...Object.entries(content).map(([type, of]) => wrongIn(of) && `${status} ${type}: ${wrongIn(of)}`),
        ]),
      ),
    ).toEqual([]);
  });

  it('describes every error as a problem of its status', () => {
    expect(
      gaps(({ path, responses }) =>
        Object.entries(responses)
          .filter(([status]) => Number(status) >= 400 && !path.startsWith('/health/'))
          .map(([status, { content }]) => {
            const example = content?.['application/problem+json']?.example as { status?: number } | undefined;
            return example?.status !== Number(status) && `${status} is no problem`;
          }),
      ),
    ).toEqual([]);
  });

  it('describes every header of every response, with an example', () => {
    expect(
      gaps(({ responses }) =>
        Object.entries(responses).flatMap(([status, { headers = {} }]) =>
          Object.entries(headers).map(
            ([name, { description, example }]) => !(description && example) && `${status} ${name}`,
          ),
        ),
      ),
    ).toEqual([]);
  });

  it('says 401 and 403 of everything that needs a key, and of nothing else', () => {
    expect(
      gaps(({ 'x-roles': roles, responses }) =>
        ['401', '403'].map((status) => status in responses !== (roles !== undefined) && status),
      ),
    ).toEqual([]);
  });
});

function wrongIn({ schema, example }: Content): string | undefined {
  const shown = example ?? schema?.example;
  if (shown === undefined) return schema === undefined ? 'no example' : unexampled(schema, 'answer')[0];
  return schema && misfits(schema, shown);
}

/** Fields, at any depth, of which there is no example or a wrong one. */
function unexampled(schema: Schema, path: string): string[] {
  if (schema.example !== undefined) {
    const wrong = misfits(schema, schema.example);
    return wrong === undefined ? [] : [`${path}: ${wrong}`];
  }
  const inside = [
    ...Object.entries(schema.properties ?? {}).map(([name, of]) => [`${path}.${name}`, of] as const),
    ...(schema.allOf ?? []).map((of) => [path, of] as const),
    ...(schema.items ? [[`${path}[]`, schema.items] as const] : []),
  ];
  return inside.length === 0
    ? [`${path} has no example`]
    : inside.flatMap(([name, of]) => unexampled(of, name));
}

/** `GET /v1/customers/{customer}` for every route of Fastify's tree; HEAD comes with every GET by itself. */
function routesOf(tree: string): string[] {
  const prefixes: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods] = /^([│ ]*[├└]── )(\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    if (part === '') return [];
    const depth = indent.length / 4 - 1;
    prefixes.length = depth;
    prefixes.push(part);
    const path = prefixes.join('').replace(/:(\w+)/g, '{$1}');
    return (methods?.split(', ') ?? [])
      .filter((method) => method !== 'HEAD')
      .map((method) => `${method} ${path}`);
  });
}
