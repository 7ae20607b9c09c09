/**
 * The shapes that events are made of, named once.
 *
 * Free text is personal: it is sealed with the customer's key, and an erasure takes it along. Text that must stay open is
 * marked so, with `openText`. Codes, ids, days and instants are open, because figures are counted by them: what says
 * something about a person does not belong into a code.
 */
import { Type, type TProperties, type TSchema } from 'typebox';

/** The keyword of a shape that says what kind of text it is. */
const TEXT = 'x-text';

/** An object that has these fields and no others. */
export const shape = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

export const optional = Type.Optional;
export const oneOf = <const V extends readonly string[]>(values: V) =>
  Type.Unsafe<V[number]>(Type.Enum([...values]));
export const listOf = Type.Array;
/** Text that people write: personal. */
export const text = (maxLength: number) => Type.String({ maxLength, [TEXT]: 'personal' });
/** Text that is not about a person, and is stored as it is. */
export const openText = (maxLength: number) => Type.String({ maxLength, [TEXT]: 'open' });
export const whole = (minimum?: number) => Type.Integer(minimum === undefined ? {} : { minimum });
export const fraction = () => Type.Number({ minimum: 0, maximum: 1 });
export const flag = () => Type.Boolean();
export const id = () => Type.String({ minLength: 1, maxLength: 64, [TEXT]: 'id' });
/** The name of a stream: of what kind it is, and an id. */
export const streamText = () => Type.String({ minLength: 1, maxLength: 200, [TEXT]: 'id' });
/** A code the organisation declares: a market segment, a product, a reason. Open, and kept after an erasure. */
export const code = () => Type.String({ minLength: 1, maxLength: 64, [TEXT]: 'code' });
export const instantText = () =>
  Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$', [TEXT]: 'instant' });
export const dayText = () => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', [TEXT]: 'day' });

/** A text of a shape: the path of field names to it, and its kind; null where the shape does not say. */
export interface TextField {
  readonly path: string;
  readonly kind: string | null;
}

/** Every text in a shape, at any depth. */
export function textsIn(schema: TSchema, path = ''): TextField[] {
  const { type, enum: values, properties, items, anyOf } = schema as Partial<Schema>;
  if (type === 'string' && values === undefined)
    return [{ path, kind: (schema as Record<string, string | undefined>)[TEXT] ?? null }];
  return [
    ...Object.entries(properties ?? {}).flatMap(([name, field]) =>
      textsIn(field, path === '' ? name : `${path}.${name}`),
    ),
    ...(items === undefined ? [] : textsIn(items, `${path}[]`)),
    ...(anyOf ?? []).flatMap((one) => textsIn(one, path)),
  ];
}

interface Schema {
  readonly type: string;
  readonly enum: readonly unknown[];
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly items: TSchema;
  readonly anyOf: readonly TSchema[];
}
