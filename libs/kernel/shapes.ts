/** The shapes that events are made of, named once. */
import { Type, type TProperties } from 'typebox';

/** An object that has these fields and no others. */
export const shape = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

export const optional = Type.Optional;
export const oneOf = <const V extends readonly string[]>(values: V) =>
  Type.Unsafe<V[number]>(Type.Enum([...values]));
export const listOf = Type.Array;
export const text = (maxLength: number) => Type.String({ maxLength });
export const whole = (minimum?: number) => Type.Integer(minimum === undefined ? {} : { minimum });
export const fraction = () => Type.Number({ minimum: 0, maximum: 1 });
export const flag = () => Type.Boolean();
export const id = () => Type.String({ minLength: 1, maxLength: 64 });
/** A code the organisation declares: a market segment, a product, a reason. Never personal. */
export const code = () => Type.String({ minLength: 1, maxLength: 64 });
export const instantText = () =>
  Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
export const dayText = () => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
