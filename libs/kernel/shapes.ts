/**
 * The shapes of events, made of their fields. Of its bounds a shape keeps lengths: how large a number may be is a rule for
 * requests, which changes, and what was recorded once is read for ever.
 */
import { Type, type TObject, type TSchema } from 'typebox';
import type { AnyField, Fields } from './fields.js';
import { MoneyShape } from './money.js';

/** The keyword of a shape that says what kind of text it is. */
export const TEXT = 'x-text';

/** An object that has these fields and no others; personal ones may be missing, for an erasure takes them away. */
export const shapeOf = (fields: Fields): TObject =>
  Type.Object(
    Object.fromEntries(
      Object.entries(fields).map(([name, field]) => {
        const schema = schemaOf(field);
        return [name, field.required && !isPersonal(field) ? schema : Type.Optional(schema)];
      }),
    ),
    { additionalProperties: false },
  );

/** Does it hold personal text, at any depth? */
export function isPersonal({ kind }: AnyField): boolean {
  switch (kind.is) {
    case 'text':
    case 'email':
    case 'phone':
      return true;
    case 'listOf':
      return isPersonal(kind.item);
    case 'nested':
      return Object.values(kind.fields).some(isPersonal);
    default:
      return false;
  }
}

function schemaOf({ kind }: AnyField): TSchema {
  switch (kind.is) {
    case 'text':
      return Type.String({ maxLength: kind.max, [TEXT]: 'personal' });
    case 'email':
    case 'phone':
      return Type.String({ maxLength: 254, [TEXT]: 'personal' });
    case 'openText':
      return Type.String({ maxLength: kind.max, [TEXT]: 'open' });
    case 'zone':
      return Type.String({ maxLength: 64, [TEXT]: 'open' });
    case 'code':
      return Type.String({ minLength: 1, maxLength: 64, [TEXT]: 'code' });
    case 'id':
    case 'customerId':
      return Type.String({ minLength: 1, maxLength: 64, [TEXT]: 'id' });
    case 'streamName':
      return Type.String({ minLength: 1, maxLength: 200, [TEXT]: 'id' });
    case 'day':
      return Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', [TEXT]: 'day' });
    case 'instant':
      return Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
        [TEXT]: 'instant',
      });
    case 'oneOf':
      return Type.Enum([...kind.values]);
    case 'whole':
      return Type.Integer();
    case 'fraction':
      return Type.Number();
    case 'flag':
      return Type.Boolean();
    case 'money':
      return MoneyShape;
    case 'listOf':
      return Type.Array(schemaOf(kind.item), { maxItems: kind.max });
    case 'nested':
      return shapeOf(kind.fields);
    default:
      return kind satisfies never;
  }
}

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
