/**
 * A field, said once: what it may hold, what it is for, an example, and whether it must be there. From a table of fields
 * follow the shape and the type of an event, the body of a request, its place in the OpenAPI document and the data of
 * an import line.
 *
 *   const NOTE = {
 *     text: text(10_000, { multiline: true, example: 'Moved house in May.' }),
 *     staff: code({ example: 'agent-7' }).optional,
 *   } as const;
 *
 * Text that people write is personal: it is sealed with the customer's key, and an erasure takes it along. Text that must
 * stay open is marked so, with `openText`. Codes, ids, days and instants are open, because figures are counted by them:
 * a code must say nothing about one person.
 */
import type { Money } from './money.js';

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export interface TextBounds {
  /** In Unicode code points, after trimming. */
  readonly max: number;
  /** Default 1: a text that is there says something. */
  readonly min?: number;
  /** Lets line breaks and tabs in. */
  readonly multiline?: boolean;
}

export interface ListBounds {
  /** Most items. */
  readonly max: number;
  /** Fewest items, where the list is sent at all. Default 0. */
  readonly min?: number;
}

/** What a field holds, and within which bounds a request may say it. */
export type FieldKind =
  | ({ readonly is: 'text' | 'openText' } & TextBounds)
  | { readonly is: 'code' | 'id' | 'customerId' | 'streamName' | 'flag' | 'day' | 'instant' }
  | { readonly is: 'email' | 'phone' | 'zone' }
  | { readonly is: 'oneOf'; readonly values: readonly string[] }
  | ({ readonly is: 'whole' | 'fraction' | 'money' } & Bounds)
  | ({ readonly is: 'listOf'; readonly item: AnyField } & ListBounds)
  | { readonly is: 'nested'; readonly name: string; readonly fields: Fields };

export interface AboutField<Value = unknown> {
  readonly description?: string;
  readonly example?: Value;
}

declare const value: unique symbol;
declare const personal: unique symbol;

export class Field<Value, Required extends boolean = true, Personal extends boolean = false> {
  /** Types only: nothing is there at run time. */
  declare readonly [value]: Value;
  declare readonly [personal]: Personal;

  constructor(
    readonly kind: FieldKind,
    readonly about: AboutField,
    readonly required: Required,
  ) {}

  /** The same field where it may be left out. */
  get optional(): Field<Value, false, Personal> {
    return new Field(this.kind, this.about, false);
  }
}

export type AnyField = Field<any, boolean, boolean>; // any: a table of unlike fields has no common value
export type Fields = Readonly<Record<string, AnyField>>;

type ValueOf<F> = F extends Field<infer Value, boolean, boolean> ? Value : never;
type Named<F extends Fields, Which> = { [K in keyof F]: F[K] extends Which ? K : never }[keyof F];
type Needed<F extends Fields> = Named<F, Field<any, true, boolean>>;
type Lasting<F extends Fields> = Named<F, Field<any, true, false>>;
type Spread<F extends Fields, Sure extends keyof F> = {
  readonly [K in Sure]: ValueOf<F[K]>;
} & { readonly [K in Exclude<keyof F, Sure>]?: ValueOf<F[K]> };
type Flat<T> = { [K in keyof T]: T[K] };

/** What a request says in these fields. */
export type Said<F extends Fields> = Flat<Spread<F, Needed<F>>>;
/** What an event keeps of them: behind an erasure what is personal is no longer there. */
export type Kept<F extends Fields> = Flat<Spread<F, Lasting<F>>>;

type HasPersonal<F extends Fields> = Named<F, Field<any, boolean, true>> extends never ? false : true;

type Texts = Omit<TextBounds, 'max'> & AboutField<string>;

const fieldOf = <Value, Personal extends boolean = false>(
  kind: FieldKind,
  about: AboutField,
): Field<Value, true, Personal> => new Field(kind, about, true);

/** Text that people write: personal. */
export const text = (max: number, { min = 1, multiline = false, ...about }: Texts = {}) =>
  fieldOf<string, true>({ is: 'text', max, min, multiline }, about);

/** Text that is not about a person, and is stored as it is. */
export const openText = (max: number, { min = 1, multiline = false, ...about }: Texts = {}) =>
  fieldOf<string>({ is: 'openText', max, min, multiline }, about);

/** A code that the organisation declares: a segment, a product, a reason. Open, and kept after an erasure. */
export const code = (about: AboutField<string> = {}) => fieldOf<string>({ is: 'code' }, about);

/** An id that an earlier answer gave. */
export const id = (about: AboutField<string> = {}) => fieldOf<string>({ is: 'id' }, about);

/** The id of a customer. */
export const customerId = (about: AboutField<string> = {}) => fieldOf<string>({ is: 'customerId' }, about);

/** The name of a stream: of what kind it is, and an id. */
export const streamName = (about: AboutField<string> = {}) => fieldOf<string>({ is: 'streamName' }, about);

export const oneOf = <const V extends readonly string[]>(values: V, about: AboutField<V[number]> = {}) =>
  fieldOf<V[number]>({ is: 'oneOf', values }, about);

/** A whole number within ±2^53. */
export const whole = ({ min, max, ...about }: Bounds & AboutField<number> = {}) =>
  fieldOf<number>({ is: 'whole', ...bounds(min, max) }, about);

/** A number, from 0 to 1 where nothing else is said. */
export const fraction = ({ min = 0, max = 1, ...about }: Bounds & AboutField<number> = {}) =>
  fieldOf<number>({ is: 'fraction', min, max }, about);

export const flag = (about: AboutField<boolean> = {}) => fieldOf<boolean>({ is: 'flag' }, about);

/** Money in minor units, from `min` to `max` of them. */
export const money = ({ min, max, ...about }: Bounds & AboutField<Money> = {}) =>
  fieldOf<Money>({ is: 'money', ...bounds(min, max) }, about);

/** A calendar day, `YYYY-MM-DD`. */
export const day = (about: AboutField<string> = {}) => fieldOf<string>({ is: 'day' }, about);

/** RFC 3339 with a zone; kept in UTC with milliseconds. */
export const instantField = (about: AboutField<string> = {}) => fieldOf<string>({ is: 'instant' }, about);

/** An e-mail address: personal. */
export const email = (about: AboutField<string> = {}) => fieldOf<string, true>({ is: 'email' }, about);

/** A telephone number, kept as E.164: personal. */
export const phone = (about: AboutField<string> = {}) => fieldOf<string, true>({ is: 'phone' }, about);

/** A time zone of the IANA database. */
export const zone = (about: AboutField<string> = {}) => fieldOf<string>({ is: 'zone' }, about);

export const listOf = <Value, Personal extends boolean>(
  item: Field<Value, true, Personal>,
  { max, min = 0, ...about }: ListBounds & AboutField<readonly Value[]>,
) => fieldOf<readonly Value[], Personal>({ is: 'listOf', item, max, min }, about);

/** Fields inside a field. @param name of the schema in the OpenAPI document */
export const nested = <F extends Fields>(name: string, fields: F, about: AboutField<Said<F>> = {}) =>
  fieldOf<Said<F>, HasPersonal<F>>({ is: 'nested', name, fields }, about);

const bounds = (min?: number, max?: number): Bounds => ({
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
});
