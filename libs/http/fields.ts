/**
 * One line a field: its rule, its place in the OpenAPI document and an example, said once.
 *
 *   class MakePromise {
 *     @Text({ max: 500, example: 'A replacement by Friday' }) what!: string;
 *     @InstantField({ example: '2026-03-06T17:00:00.000Z' }) due!: Instant;
 *     @MoneyField({ min: 0, optional: true }) worth?: Money;
 *   }
 */
import { ApiProperty, ApiSchema, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsOptional, registerDecorator, type ValidationArguments } from 'class-validator';
import type { CountryCode } from 'libphonenumber-js/min';
import type { Bounds, ListBounds, Money, TextBounds } from '#kernel';
import * as rules from './rules.js';
import { Reading, readAs, rule, type Rule } from './validation.js';

export interface About<Example = string> {
  readonly description?: string;
  readonly example?: Example;
  /** Default false: the field is required. */
  readonly optional?: boolean;
}

type Dto = new () => object;

/** What OpenAPI says of a field; an object is a class of its own. */
type Schema = Exclude<ApiPropertyOptions, { type: 'object' }>;

/** Text of up to `max` characters: NFC, trimmed, without control characters. */
export const Text = ({ max, min = 1, multiline, ...about }: About & TextBounds): PropertyDecorator =>
  field(rules.text({ max, min, ...(multiline && { multiline }) }), about, {
    type: String,
    minLength: min,
    maxLength: max,
  });

/** A code that a company declares for itself: a channel, a product, a reason. */
export const Code = (about: About = {}): PropertyDecorator => field(rules.code, about, CODE);
const CODE: Schema = {
  type: String,
  description:
    'A code that your company declares. It is open, and stays when the customer is erased: it must say nothing about one person.',
  pattern: rules.CODE.source,
  maxLength: 64,
  example: 'web-shop',
};

/** An id that an earlier answer gave. */
export const IdField = (about: About): PropertyDecorator =>
  field(rules.id, about, {
    type: String,
    format: 'uuid',
    example: '7a1e0e3c-3a52-8e4f-9c1b-0d6f0a3a6f11',
  });

/** The id of a customer. */
export const CustomerField = (about: About = {}): PropertyDecorator =>
  field(rules.customer, about, {
    type: String,
    description: 'The id of the customer.',
    pattern: '^[0-9a-z][0-9a-z-]{7,63}$',
    example: '01890a5d-ac96-774b-bcce-b302099a8057',
  });

export const OneOf = (values: readonly string[], about: About = {}): PropertyDecorator =>
  field(rules.oneOf(values), about, { type: String, enum: [...values], example: values[0] });

/** RFC 3339 with a zone; kept in UTC with milliseconds. */
export const InstantField = (about: About = {}): PropertyDecorator =>
  field(rules.instantOf, about, { type: String, format: 'date-time', example: '2026-03-01T09:30:00.000Z' });

/** A calendar day. */
export const DayField = (about: About = {}): PropertyDecorator =>
  field(rules.day, about, { type: String, format: 'date', example: '2026-03-01' });

/** How money looks on the wire. */
@ApiSchema({ name: 'Money' })
class MoneyOnTheWire implements Money {
  @ApiProperty({
    type: 'integer',
    format: 'int64',
    description: 'In the minor unit: cents, pence.',
    minimum: -rules.MOST_MONEY,
    maximum: rules.MOST_MONEY,
    example: 1250,
  })
  readonly minor!: number;
  @ApiProperty({ type: String, pattern: '^[A-Z]{3}$', description: 'ISO 4217.', example: 'EUR' })
  readonly currency!: string;
}

/** Money in minor units, from `min` to `max` of them. */
export const MoneyField = ({ min, max, ...about }: About<Money> & Bounds = {}): PropertyDecorator =>
  field(rules.money(boundsOf(min, max)), about, { type: () => MoneyOnTheWire });

export const Whole = ({ min, max, ...about }: About<number> & Bounds = {}): PropertyDecorator =>
  field(rules.whole(boundsOf(min, max)), about, { type: 'integer', ...numbers(min, max), example: min ?? 1 });

/** A number, from 0 to 1 where nothing else is said. */
export const Fraction = ({ min = 0, max = 1, ...about }: About<number> & Bounds = {}): PropertyDecorator =>
  field(rules.fraction({ min, max }), about, { type: Number, minimum: min, maximum: max, example: max / 4 });

export const Flag = (about: About<boolean> = {}): PropertyDecorator =>
  field(rules.flag, about, { type: Boolean, example: true });

export const EmailField = (about: About = {}): PropertyDecorator =>
  field(rules.email, about, {
    type: String,
    description: 'An e-mail address.',
    format: 'email',
    maxLength: 254,
    example: 'ada@example.com',
  });

/** A telephone number; kept as E.164. */
export const PhoneField = ({
  country,
  ...about
}: About & { country?: CountryCode } = {}): PropertyDecorator =>
  field(rules.phone(country), about, {
    type: String,
    description: 'A telephone number, with its country code.',
    maxLength: 40,
    example: '+442079460000',
  });

export const ZoneField = (about: About = {}): PropertyDecorator =>
  field(rules.zone, about, { type: String, maxLength: 64, example: 'Europe/London' });

/** Another DTO inside this one. */
export const Nested = (of: () => Dto, about: About<object> = {}): PropertyDecorator =>
  field(nested(of), about, { type: lazy(of) });

/** A list of another DTO. */
export const ListOf = (
  of: () => Dto,
  { max, min = 0, ...about }: About<object[]> & ListBounds,
): PropertyDecorator =>
  field(rules.listOf(nested(of), max, min), about, {
    type: lazy(of),
    isArray: true,
    minItems: min,
    maxItems: max,
  });

/** A list of texts of up to `length` characters. */
export const Texts = ({
  max,
  min = 0,
  length,
  ...about
}: About<string[]> & ListBounds & { length: number }) =>
  field(rules.listOf(rules.text({ max: length }), max, min), about, {
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: length },
    minItems: min,
    maxItems: max,
  });

export const Codes = ({ max, min = 0, ...about }: About<string[]> & ListBounds): PropertyDecorator =>
  field(rules.listOf(rules.code, max, min), about, {
    type: 'array',
    items: { type: 'string', pattern: rules.CODE.source, maxLength: 64 },
    minItems: min,
    maxItems: max,
    example: ['web-shop'],
  });

/** A field of any other rule; `schema` is what OpenAPI says of it. */
export function field(read: Rule, about: About<unknown>, schema: Schema): PropertyDecorator {
  const { optional = false, description, example } = about;
  const described: Schema = {
    ...schema,
    required: !optional,
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  };
  return (target, propertyKey) => {
    const propertyName = String(propertyKey);
    registerDecorator({
      name: 'rule',
      target: target.constructor,
      propertyName,
      constraints: [read],
      validator: {
        validate: (value: unknown) => violations(read, value, propertyName).length === 0,
        defaultMessage: (args?: ValidationArguments) =>
          violations(read, args?.value, propertyName)[0]?.message ?? '',
      },
    });
    if (optional) IsOptional()(target, propertyKey);
    ApiProperty(described)(target, propertyKey);
  };
}

function violations(read: Rule, value: unknown, name: string): Reading['violations'] {
  const reading = new Reading(false);
  read(value, name, reading);
  return reading.violations;
}

/** Nest takes a function for one to be called, and not for a class, by its being named `type`. */
const lazy = (of: () => Dto): (() => Dto) => {
  const type = (): Dto => of();
  return type;
};

const nested = (of: () => Dto): Rule => rule((value, path, reading) => readAs(of(), value, path, reading));

const boundsOf = (min?: number, max?: number): Bounds => ({
  ...(min !== undefined && { min }),
  ...(max !== undefined && { max }),
});

const numbers = (minimum?: number, maximum?: number): { minimum?: number; maximum?: number } => ({
  ...(minimum !== undefined && { minimum }),
  ...(maximum !== undefined && { maximum }),
});
