import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { minus, plus, portion, times, wholeOf, type Whole } from './whole.js';

const whole = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.bigInt({ min: -9n, max: 9n }),
    fc.constant(2n ** 53n),
  )
  .map(wholeOf);

/** A number within 2^53, a bigint beyond, and never -0. */
const isItsOneForm = (value: Whole): boolean =>
  typeof value === 'number'
    ? Number.isSafeInteger(value) && !Object.is(value, -0)
    : !Number.isSafeInteger(Number(value));

describe('whole numbers', () => {
  it.each([
    ['plus', plus, (a: bigint, b: bigint) => a + b],
    ['minus', minus, (a: bigint, b: bigint) => a - b],
    ['times', times, (a: bigint, b: bigint) => a * b],
  ])('%s as integers, in their one form', (_, of, exactly) => {
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        const result = of(a, b);
        expect(BigInt(result)).toBe(exactly(BigInt(a), BigInt(b)));
        expect(isItsOneForm(result)).toBe(true);
      }),
    );
  });

  it('are divided to the nearest whole, halves up', () => {
    const denominators = fc.bigInt({ min: 1n, max: 2n ** 40n }).map(wholeOf);
    fc.assert(
      fc.property(whole, whole, denominators, (amount, numerator, denominator) => {
        const result = portion(amount, numerator, denominator);
        // p / d - q is at least -1/2 and less than 1/2.
        const rest = 2n * (BigInt(amount) * BigInt(numerator) - BigInt(result) * BigInt(denominator));
        expect(rest >= -BigInt(denominator) && rest < BigInt(denominator)).toBe(true);
        expect(isItsOneForm(result)).toBe(true);
      }),
    );
  });
});
