/**
 * Fields as a class that a request is read into: the decorators of `#http` stand on it, so that it is validated, described
 * and refused as a class written by hand would be.
 */
import {
  Code,
  Codes,
  CustomerField,
  DayField,
  EmailField,
  Flag,
  Fraction,
  IdField,
  InstantField,
  ListOf,
  MoneyField,
  Nested,
  OneOf,
  PhoneField,
  Text,
  Texts,
  Whole,
  ZoneField,
} from '#http/index.js';
import type { AnyField, Fields } from '#kernel';

export type Dto = new () => object;

/** @param name of the schema in the OpenAPI document */
export function dtoOf(name: string, fields: Fields): Dto {
  const Dto = classNamed(name);
  for (const [property, field] of Object.entries(fields)) decoratorOf(field)(Dto.prototype, property);
  return Dto;
}

const classNamed = (name: string): Dto => ({ [name]: class {} })[name] as Dto; // it is in there under its name

/** One class a table of nested fields, wherever it is used. */
const nestedDtos = new WeakMap<Fields, Dto>();

function nestedDto(name: string, fields: Fields): Dto {
  let Dto = nestedDtos.get(fields);
  if (Dto === undefined) nestedDtos.set(fields, (Dto = dtoOf(name, fields)));
  return Dto;
}

function decoratorOf({ kind, about, required }: AnyField): PropertyDecorator {
  const said = { ...about, optional: !required } as { example?: any }; // any: an example is of its own field's value
  switch (kind.is) {
    case 'text':
    case 'openText':
      return Text({ ...said, ...kind });
    case 'code':
      return Code(said);
    case 'id':
      return IdField(said);
    case 'customerId':
      return CustomerField(said);
    case 'oneOf':
      return OneOf(kind.values, said);
    case 'whole':
      return Whole({ ...said, ...kind });
    case 'fraction':
      return Fraction({ ...said, ...kind });
    case 'flag':
      return Flag(said);
    case 'money':
      return MoneyField({ ...said, ...kind });
    case 'day':
      return DayField(said);
    case 'instant':
      return InstantField(said);
    case 'email':
      return EmailField(said);
    case 'phone':
      return PhoneField(said);
    case 'zone':
      return ZoneField(said);
    case 'nested':
      return Nested(() => nestedDto(kind.name, kind.fields), said);
    case 'listOf':
      return listDecorator(kind.item, { ...said, max: kind.max, min: kind.min ?? 0 });
    case 'streamName':
      throw new TypeError('No request names a stream.');
    default:
      return kind satisfies never;
  }
}

function listDecorator(
  { kind }: AnyField,
  said: { readonly max: number; readonly min: number; example?: any }, // any: as above
): PropertyDecorator {
  if (kind.is === 'nested') return ListOf(() => nestedDto(kind.name, kind.fields), said);
  if (kind.is === 'code') return Codes(said);
  if (kind.is === 'text' || kind.is === 'openText') return Texts({ ...said, length: kind.max });
  throw new TypeError(`No request has a list of ${kind.is}.`);
}
