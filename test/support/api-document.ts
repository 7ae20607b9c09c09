/**
 * The API as it describes itself, with every reference resolved: what the suites walk over that hold for each
 * route, so that a new one is covered the day it is there.
 */

export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly example?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema: Schema;
}

export interface Content {
  readonly schema?: Schema;
  readonly example?: unknown;
}

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description?: string; readonly example?: unknown }>>;
  readonly content?: Readonly<Record<string, Content>>;
}

export interface Operation {
  /** In capitals. */
  readonly method: string;
  /** The template, for example `/v1/customers/{customer}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** Undefined for what is public. */
  readonly 'x-roles'?: readonly string[];
  /** Where it looks people up by something personal: always, or with these query parameters. */
  readonly 'x-personal'?: true | readonly string[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  /** By status. */
  readonly responses: Readonly<Record<string, Response>>;
}

export interface ApiDocument {
  readonly openapi: string;
  readonly operations: readonly Operation[];
}

/** @throws Error that names a reference to what is not there */
export async function apiDocument(url: string): Promise<ApiDocument> {
  const raw = (await (await fetch(`${url}/openapi.json`)).json()) as Raw;
  const { openapi, paths } = resolve(raw, raw) as Raw; // resolving keeps everything else as it is
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
    })),
  );
  return { openapi, operations };
}

interface Raw {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>;
}

/** The value with what its references name in their place. */
function resolve(value: unknown, document: object): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, document));
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value) return resolve(named(String(value.$ref), document), document);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member, document)]));
}

function named(reference: string, document: object): unknown {
  const found = reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
  if (found === undefined) throw new Error(`The document refers to ${reference}, which is not there`);
  return found;
}

export const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;

/** What the document gives as an example of a parameter. */
export const exampleOf = ({ example, schema }: Parameter): unknown => example ?? schema.example;

/** As an address carries it; half of a surrogate pair cannot be, and becomes U+FFFD. */
export const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

/** The path with these values, else the examples, in its places. */
export function pathOf(operation: Operation, values: Readonly<Record<string, string>> = {}): string {
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = operation.parameters.find((one) => one.in === 'path' && one.name === name);
    return encoded(values[name] ?? String(parameter && exampleOf(parameter)));
  });
}
