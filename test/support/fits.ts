/** Is a value what the OpenAPI document says it is? By its schema where there is one, else by its example. */
import { Compile, type Validator } from 'typebox/schema';
import type { Schema } from './api-document.js';

const validators = new WeakMap<object, Validator>();

/** The first thing that does not fit the schema, in a few words; undefined when all does. */
export function misfits(schema: Schema, value: unknown): string | undefined {
  let validator = validators.get(schema);
  if (validator === undefined) validators.set(schema, (validator = Compile(schema)));
  if (validator.Check(value)) return undefined;
  const [first] = validator.Errors(value)[1];
  return `${first?.instancePath} ${first?.message}`;
}

/**
 * The first place where a value is of another kind than the example; undefined when there is none. What may be
 * absent is not in every answer, and null is what a field says that has nothing to say.
 */
export function unlike(example: unknown, value: unknown, path = ''): string | undefined {
  if (example === null || example === undefined || value === null || value === undefined) return undefined;
  if (kindOf(example) !== kindOf(value)) return `${path} is a ${kindOf(value)}, not a ${kindOf(example)}`;
  if (Array.isArray(example) && Array.isArray(value)) {
    const [first] = example as unknown[];
    return first === undefined
      ? undefined
      : firstOf(value, (item, at) => unlike(first, item, `${path}[${at}]`));
  }
  if (typeof example !== 'object') return undefined;
  return firstOf(Object.keys(example), (name) =>
    unlike((example as Members)[name], (value as Members)[name], `${path}.${name}`),
  );
}

type Members = Readonly<Record<string, unknown>>;

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value);

function firstOf<T>(
  items: readonly T[],
  find: (item: T, at: number) => string | undefined,
): string | undefined {
  for (const [at, item] of items.entries()) {
    const found = find(item, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
