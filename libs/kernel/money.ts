/** Money is a whole number of minor units and an ISO 4217 code. It is never a float. */
import codes from 'currency-codes';
import { Type, type Static } from 'typebox';
import { DomainError } from './errors.js';

export const MoneyShape = Type.Object(
  { minor: Type.Integer(), currency: Type.String({ pattern: '^[A-Z]{3}$', 'x-text': 'code' }) },
  { additionalProperties: false },
);

/** `minor` is in the currency's minor unit (cents, pence; yen have none). Within ±2^53. */
export type Money = Readonly<Static<typeof MoneyShape>>;

/** Digits after the point of a currency, by ISO 4217; where the table lacks it, by the runtime. */
export function minorDigits(currency: string): number {
  let digits = DIGITS.get(currency);
  if (digits === undefined) {
    digits = codes.code(currency)?.digits ?? digitsInRuntime(currency);
    DIGITS.set(currency, digits);
  }
  return digits;
}
const DIGITS = new Map<string, number>(); // to ask the table or the runtime costs tens of microseconds

const digitsInRuntime = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** Codes of ISO 4217: those of the table, and those that came or went since it was made, which the runtime knows. */
export const isCurrency = (code: string): boolean => CURRENCIES.has(code);
// With an X begin the codes of metals, of tests, and of currencies of several countries. The runtime knows the last.
const CURRENCIES = new Set([
  ...codes.codes().filter((code) => !code.startsWith('X')),
  ...Intl.supportedValuesOf('currency'),
]);

/** `"12.30"` in GBP is 1230. Exact: works on the digits, never through a float. Throws `money.malformed`. */
export function parseMoney(decimal: string, currency: string): Money {
  const digits = minorDigits(currency);
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(decimal.trim());
  const fraction = (match?.[3] ?? '').replace(/0+$/, '');
  if (!match || fraction.length > digits) {
    throw new DomainError('money.malformed', `"${decimal}" is not an amount in ${currency}.`);
  }
  const minor = Number(`${match[1]}${match[2]}${fraction.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(minor)) throw new DomainError('money.malformed', `"${decimal}" is too large.`);
  return { minor: minor === 0 ? 0 : minor, currency };
}

/** 1230 GBP is `"12.30"`. */
export function formatMoney({ minor, currency }: Money): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return minor < 0 ? `-${whole}` : whole;
}

export function add(a: Money, b: Money): Money {
  if (a.currency !== b.currency) {
    throw new DomainError('money.currency_mismatch', `${a.currency} and ${b.currency} cannot be added.`);
  }
  return { minor: a.minor + b.minor, currency: a.currency };
}
