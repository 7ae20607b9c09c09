/**
 * A plain value becomes an instance of a DTO, or it is refused with everything that is wrong with it.
 *
 * The rules are class-validator's: every field decorator of `fields.ts` registers one, and any decorator of
 * class-validator itself may stand beside them. What is different is who walks them. `plainToInstance` and
 * `validateSync` look all metadata up again for every object (21 µs for eight fields, measured); here the
 * rules of a class are put in a row once, and each reads, normalises and checks its value in one go.
 *
 * In class-validator's terms this is `whitelist` with `forbidNonWhitelisted` (a field without a rule is
 * refused, so a misspelt one is not lost), `forbidUnknownValues` (what is not an object of the expected kind
 * is refused), `stopAtFirstError` (one violation a field), no `skipMissingProperties` (a field that is not
 * marked optional is required) and no implicit conversion: only what comes as text anyway, from a query or a
 * path, is read as the number or flag that its rule asks for.
 */
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { getMetadataStorage, type ValidationArguments } from 'class-validator';
import { Problem } from './problem.js';

export interface Violation {
  /** Path in the request, for example `lines[0].amount.minor`. */
  readonly field: string;
  /** Stable. */
  readonly code: string;
  /** What is wanted instead. Never repeats the value, which may be personal. */
  readonly message: string;
}

/** Reads a value: gives it back as it is to be, or refuses it in `reading` and gives back anything. */
export type Rule = (value: unknown, field: string, reading: Reading) => unknown;

/** One reading of one request. */
export class Reading {
  readonly violations: Violation[] = [];
  constructor(
    /** True for a query or a path, where numbers and flags arrive as text. */
    readonly fromText: boolean,
  ) {}

  refuse(field: string, code: string, message: string): undefined {
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push({ field, code, message });
  }
}

type Shape<T> = new () => T;

/**
 * Reads `plain` as a `Dto`.
 * @throws Problem `invalid_request` (400) with at most 50 violations
 */
export function parse<T extends object>(Dto: Shape<T>, plain: unknown, source: 'json' | 'text' = 'json'): T {
  const reading = new Reading(source === 'text');
  const instance = readAs(Dto, plain, '', reading);
  if (reading.violations.length > 0) throw invalidRequest(reading.violations);
  return instance as T; // nothing was refused, so every rule of the class held
}

export const invalidRequest = (violations: readonly Violation[]): Problem =>
  new Problem(400, 'invalid_request', 'The request has fields to correct: see violations.', { violations });

/** A rule that an object of a class is wanted here. */
export function readAs<T extends object>(
  Dto: Shape<T>,
  plain: unknown,
  path: string,
  reading: Reading,
): unknown {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    return reading.refuse(path, 'not_an_object', 'Send a JSON object.');
  }
  const given = plain as Record<string, unknown>;
  const instance = new Dto() as Record<string, unknown>;
  const plan = planOf(Dto);
  const prefix = path === '' ? '' : `${path}.`;
  let seen = 0;
  for (const field of plan.fields) {
    // An own member only: `constructor` and its kind are never read from the prototype.
    const value = Object.hasOwn(given, field.name) ? given[field.name] : undefined;
    if (value === undefined || value === null) {
      if (value === null) seen++;
      if (!field.optional) reading.refuse(prefix + field.name, 'required', 'This field is required.');
      continue;
    }
    seen++;
    if (field.condition !== undefined && !field.condition(given, value)) {
      reading.refuse(prefix + field.name, 'not_expected', 'Leave this field out of this request.');
      continue;
    }
    instance[field.name] = field.read(value, prefix + field.name, reading);
  }
  if (seen !== Object.keys(given).length) refuseUnknown(given, plan, prefix, reading);
  return instance;
}

function refuseUnknown(given: object, plan: Plan, prefix: string, reading: Reading): void {
  for (const name of Object.keys(given)) {
    if (plan.names.has(name)) continue;
    const shown = name.replace(/[^\w.-]/g, '?').slice(0, 64); // a name may hold anything, even an address
    reading.refuse(
      prefix + shown,
      'unknown_field',
      'There is no such field here. Leave it out or correct its name.',
    );
  }
}

interface Field {
  readonly name: string;
  readonly optional: boolean;
  /** From class-validator's `ValidateIf`. */
  readonly condition: ((object: object, value: unknown) => boolean) | undefined;
  readonly read: Rule;
}

interface Plan {
  readonly fields: readonly Field[];
  readonly names: ReadonlySet<string>;
}

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

const MAX_VIOLATIONS = 50;
const plans = new WeakMap<object, Plan>();
const rules = new WeakSet<object>();

/** Marks a function as a rule, so that a plan calls it instead of the yes or no of class-validator. */
export function rule(read: Rule): Rule {
  rules.add(read);
  return read;
}

function planOf(Dto: Shape<object>): Plan {
  let plan = plans.get(Dto);
  if (plan === undefined) {
    const storage = getMetadataStorage();
    const byName = storage.groupByPropertyName(storage.getTargetValidationMetadatas(Dto, '', false, false));
    const fields = Object.entries(byName).map(([name, metadatas]) => fieldOf(name, metadatas));
    plan = { fields, names: new Set(fields.map(({ name }) => name)) };
    plans.set(Dto, plan);
  }
  return plan;
}

function fieldOf(name: string, metadatas: readonly Metadata[]): Field {
  const reads: Rule[] = [];
  let optional = false;
  let condition: Field['condition'];
  for (const metadata of metadatas) {
    if (metadata.type === 'conditionalValidation') {
      if (metadata.name === 'isOptional') optional = true;
      else condition = metadata.constraints[0];
    } else if (metadata.type === 'customValidation') {
      reads.unshift(rules.has(metadata.constraints?.[0]) ? metadata.constraints[0] : foreign(metadata));
    } else if (metadata.type !== 'isDefined') {
      throw new TypeError(`${name}: use @Nested or @ListOf of #http for what is inside another object`);
    }
  }
  const [first, ...rest] = reads;
  if (first === undefined) throw new TypeError(`${name} has no rule`);
  const read: Rule = rest.length === 0 ? first : inTurn([first, ...rest]);
  return { name, optional, condition, read };
}

/** One after the other on what the one before made of it, until one refuses. */
const inTurn =
  (reads: readonly Rule[]): Rule =>
  (value, field, reading) => {
    const before = reading.violations.length;
    for (const read of reads) {
      value = read(value, field, reading);
      if (reading.violations.length > before) break;
    }
    return value;
  };

/** A decorator of class-validator as a rule. */
function foreign(metadata: Metadata): Rule {
  const constraint = getMetadataStorage().getTargetValidatorConstraints(metadata.constraintCls)[0];
  if (constraint === undefined || constraint.async)
    throw new TypeError(`${metadata.propertyName} cannot be checked`);
  const { instance, name } = constraint;
  const code = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return (value, field, reading) => {
    const { constraints, propertyName } = metadata;
    const args: ValidationArguments = {
      value,
      constraints,
      targetName: '',
      object: {},
      property: propertyName,
    };
    const holds = (item: unknown): boolean => instance.validate(item, args) === true;
    const valid = metadata.each && Array.isArray(value) ? value.every(holds) : holds(value);
    if (!valid)
      reading.refuse(field, code, instance.defaultMessage?.(args).replace(/^\$property /, 'This ') ?? code);
    return value;
  };
}

/** Reads every `@Body()`, `@Query()` and `@Param()` that is declared as a DTO. */
export class ParsePipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (
      type === 'custom' ||
      metatype === undefined ||
      planOf(metatype as Shape<object>).fields.length === 0
    ) {
      return value; // a stream, the request, or a caller: not something that was sent
    }
    return parse(metatype as Shape<object>, value, type === 'body' ? 'json' : 'text');
  }
}
