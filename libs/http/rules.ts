/**
 * What a field may hold, one rule a kind: read it, normalise it, or say what is wanted instead. Codes of
 * violations are stable; messages never repeat the value.
 */
import { isEmail } from 'class-validator';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';
import {
  instant,
  isCurrency,
  isCustomerId,
  type Instant,
  type Money,
  type Bounds,
  type TextBounds,
} from '#kernel';
import { rule, type Reading, type Rule } from './validation.js';

const PLAIN = /^[\x20-\x7e]*$/;
const CONTROL = /\p{Cc}|\p{Cs}/u; // control characters, and halves of surrogate pairs that stand alone
const CONTROL_BUT_BREAKS = /(?![\n\r\t])\p{Cc}|\p{Cs}/u;

/** Unicode NFC, trimmed, bounded, without control characters. */
export const text = ({ max, min = 1, multiline = false }: TextBounds): Rule =>
  rule((value, field, reading) => {
    if (typeof value !== 'string') return reading.refuse(field, 'not_text', 'Send text.');
    let read = value.trim();
    if (!PLAIN.test(read)) {
      if ((multiline ? CONTROL_BUT_BREAKS : CONTROL).test(read)) {
        return reading.refuse(field, 'control_character', 'Leave out control characters and broken Unicode.');
      }
      read = read.normalize('NFC');
    }
    if (read.length < min) return reading.refuse(field, 'too_short', `Send at least ${min} characters.`);
    if (read.length > max && Array.from(read).length > max) {
      return reading.refuse(field, 'too_long', `Send at most ${max} characters.`);
    }
    return read;
  });

/** A text of one form. `wanted` completes "Send …". */
export const formed = (form: RegExp, code: string, wanted: string): Rule =>
  rule((value, field, reading) =>
    typeof value === 'string' && form.test(value) ? value : reading.refuse(field, code, `Send ${wanted}.`),
  );

/** Without flags, for the OpenAPI document says the same and knows none. */
export const CODE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

export const code: Rule = formed(
  CODE,
  'not_a_code',
  '1 to 64 letters, digits, "_", "." or "-", beginning with a letter or digit',
);

export const id: Rule = formed(
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'not_an_id',
  'the id that an earlier answer gave',
);

export const customer: Rule = rule((value, field, reading) =>
  typeof value === 'string' && isCustomerId(value)
    ? value
    : reading.refuse(field, 'not_a_customer', 'Send the id that registering the customer answered.'),
);

export const oneOf = (values: readonly string[]): Rule => {
  const known = new Set<unknown>(values);
  return rule((value, field, reading) =>
    known.has(value) ? value : reading.refuse(field, 'not_one_of', `Send one of: ${values.join(', ')}.`),
  );
};

const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const AS_STORED = /\.\d{3}Z$/;

/** RFC 3339 with its zone, as an Instant in UTC; finer than milliseconds is cut off. */
export const instantOf: Rule = rule((value, field, reading): Instant | undefined => {
  const parts = typeof value === 'string' ? RFC_3339.exec(value) : null;
  if (parts === null) {
    return reading.refuse(
      field,
      'not_an_instant',
      'Send a time with its zone, for example 2026-03-01T09:30:00Z.',
    );
  }
  if (!isDate(Number(parts[1]), Number(parts[2]), Number(parts[3]))) return refuseDate(field, reading);
  if (parts[0].length === 24 && AS_STORED.test(parts[0])) return parts[0] as Instant; // already as it is stored
  const read = instant(parts[0].toUpperCase());
  return read.length === 24 ? read : refuseDate(field, reading); // its zone took it out of the years 0 to 9999
});

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;

export const day: Rule = rule((value, field, reading) => {
  const parts = typeof value === 'string' ? DAY.exec(value) : null;
  if (parts === null) return reading.refuse(field, 'not_a_day', 'Send a day as 2026-03-01.');
  return isDate(Number(parts[1]), Number(parts[2]), Number(parts[3])) ? value : refuseDate(field, reading);
});

const refuseDate = (field: string, reading: Reading): undefined =>
  reading.refuse(field, 'no_such_date', 'There is no such date. Correct it.');

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(year: number, month: number, date: number): boolean {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return date >= 1 && date <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
}

/** A whole number within ±2^53, so that it is exact. */
export const whole = ({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: Bounds): Rule =>
  rule((value, field, reading) => {
    const read = reading.fromText ? numberIn(value, /^-?\d{1,16}$/) : value;
    if (!Number.isSafeInteger(read)) return reading.refuse(field, 'not_whole', 'Send a whole number.');
    return within(read as number, { min, max }, field, reading); // isSafeInteger holds of numbers only
  });

export const fraction = ({ min = 0, max = 1 }: Bounds): Rule =>
  rule((value, field, reading) => {
    const read = reading.fromText ? numberIn(value, /^-?\d{1,16}(\.\d{1,16})?$/) : value;
    if (!Number.isFinite(read)) return reading.refuse(field, 'not_a_number', 'Send a number.');
    return within(read as number, { min, max }, field, reading); // isFinite holds of numbers only
  });

const numberIn = (value: unknown, form: RegExp): unknown =>
  typeof value === 'string' && form.test(value) ? Number(value) : undefined;

function within(
  read: number,
  { min, max }: Required<Bounds>,
  field: string,
  reading: Reading,
): number | undefined {
  if (read >= min && read <= max) return read === 0 ? 0 : read; // there is no minus nothing
  return reading.refuse(field, 'out_of_range', `Send a number from ${min} to ${max}.`);
}

export const flag: Rule = rule((value, field, reading) => {
  const read = reading.fromText ? FLAGS.get(value) : value;
  return typeof read === 'boolean' ? read : reading.refuse(field, 'not_a_flag', 'Send true or false.');
});
const FLAGS = new Map<unknown, boolean>([
  ['true', true],
  ['false', false],
]);

/**
 * The largest amount, in minor units: a hundred thousand million of the major one. Views add amounts up within 64 bits with
 * a sign, which leaves room for 900,000 of them.
 */
export const MOST_MONEY = 10_000_000_000_000;

/** `{minor, currency}`: whole minor units within the bounds and an ISO 4217 code, and nothing else. */
export const money = ({ min = -MOST_MONEY, max = MOST_MONEY }: Bounds): Rule => {
  const amount = whole({ min, max });
  return rule((value, field, reading): Money | undefined => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return reading.refuse(field, 'not_money', 'Send {"minor": 1250, "currency": "EUR"}, in minor units.');
    }
    const { minor, currency, ...more } = value as Record<string, unknown>;
    if (Object.keys(more).length > 0) reading.refuse(field, 'not_money', 'Send minor and currency only.');
    const read = amount(minor, `${field}.minor`, reading) as number; // or it is refused
    if (typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) && isCurrency(currency)) {
      return { minor: read, currency };
    }
    return reading.refuse(`${field}.currency`, 'unknown_currency', 'Send an ISO 4217 code, for example EUR.');
  });
};

const address = text({ max: 254 });

/** In lower case: no host of today tells two people apart by the case of their address, and people write both. */
export const email: Rule = rule((value, field, reading) => {
  const before = reading.violations.length;
  const read = address(value, field, reading);
  if (reading.violations.length > before) return undefined;
  const written = (read as string).toLowerCase(); // `address` gives text or refuses
  if (isEmail(written, { allow_utf8_local_part: true })) return written;
  return reading.refuse(field, 'not_an_email', 'Send an address such as name@example.com.');
});

/** As E.164. Without `country`, only numbers that begin with + are understood. */
export const phone = (country?: CountryCode): Rule =>
  rule((value, field, reading) => {
    const read =
      typeof value === 'string' && value.length <= 40
        ? parsePhoneNumberFromString(value, country)
        : undefined;
    if (read?.isValid() === true) return read.number;
    return reading.refuse(
      field,
      'not_a_phone',
      'Send a number with its country code, for example +442079460000.',
    );
  });

/** A zone of the IANA database that this runtime knows, by name: an offset is not a zone. */
export const zone: Rule = rule((value, field, reading) =>
  typeof value === 'string' && isZone(value)
    ? value
    : reading.refuse(field, 'not_a_zone', 'Send an IANA time zone, for example Europe/London.'),
);

const zones = new Set<string>();

function isZone(name: string): boolean {
  if (zones.has(name)) return true;
  if (!/^[A-Z][A-Za-z0-9_+/-]{1,63}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return false; // the only way the runtime has of saying no
  }
  if (zones.size < 2000) zones.add(name);
  return true;
}

/** Each item by its own rule. In a query, `a,b` or the parameter repeated. */
export const listOf = (item: Rule, max: number, min = 0): Rule =>
  rule((value, field, reading) => {
    const read = reading.fromText && typeof value === 'string' ? value.split(',') : value;
    if (!Array.isArray(read)) return reading.refuse(field, 'not_a_list', 'Send a list.');
    if (read.length > max) return reading.refuse(field, 'too_many', `Send at most ${max} items.`);
    if (read.length < min) return reading.refuse(field, 'too_few', `Send at least ${min}.`);
    return read.map((one, index) => item(one, `${field}[${index}]`, reading));
  });
