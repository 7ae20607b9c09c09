import { describe, expect, it } from '@jest/globals';
import { add, formatMoney, isCurrency, minorDigits, parseMoney } from './index.js';

describe('money', () => {
  it('is read exactly from decimal text', () => {
    expect(parseMoney('2500315.63', 'USD')).toEqual({ minor: 250031563, currency: 'USD' });
    expect(parseMoney('-0.05', 'GBP')).toEqual({ minor: -5, currency: 'GBP' });
    expect(parseMoney('1200', 'JPY')).toEqual({ minor: 1200, currency: 'JPY' });
    expect(parseMoney('0.1', 'USD')).toEqual({ minor: 10, currency: 'USD' });
  });

  it('refuses what is not an amount in the currency', () => {
    for (const text of ['', '1,5', '1.234', 'NaN', '1e3']) {
      expect(() => parseMoney(text, 'USD')).toThrow('is not an amount');
    }
  });

  it('is written as it was read', () => {
    for (const text of ['0.00', '12.30', '-0.05', '1000000.00']) {
      expect(formatMoney(parseMoney(text, 'EUR'))).toBe(text);
    }
  });

  it('is of the currencies of ISO 4217, with their digits, also where a runtime shows fewer', () => {
    expect(['LAK', 'BHD', 'CLF', 'XCG'].map(minorDigits)).toEqual([2, 3, 4, 2]);
    expect(['GBP', 'ZWG', 'XOF', 'HRK', 'XYZ', 'XTS'].map(isCurrency)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('adds only what is in one currency', () => {
    expect(add({ minor: 1, currency: 'EUR' }, { minor: 2, currency: 'EUR' })).toEqual({
      minor: 3,
      currency: 'EUR',
    });
    expect(() => add({ minor: 1, currency: 'EUR' }, { minor: 2, currency: 'USD' })).toThrow(
      'cannot be added',
    );
  });
});
