import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  grossRevenueRetention,
  headCountRetention,
  logoChurn,
  netRevenueRetention,
  retentionRate,
} from './index.js';

describe('retention', () => {
  it('is 90 % when 500 start, 100 join and stay, and 550 are there at the end', () => {
    expect(headCountRetention(550, 100, 500)).toBe(0.9);
    expect(retentionRate(450, 500)).toBe(0.9);
    expect(logoChurn(50, 500)).toBe(0.1);
  });

  it('has no rate where nobody started', () => {
    expect(retentionRate(0, 0)).toBeNull();
    expect(headCountRetention(5, 5, 0)).toBeNull();
    expect(logoChurn(0, 0)).toBeNull();
    expect(grossRevenueRetention({ open: 0, minOpenClose: 0 })).toBeNull();
    expect(netRevenueRetention({ open: 0, close: 10 })).toBeNull();
  });

  it('counts expansion in net revenue retention only', () => {
    // One customer goes from 100 to 150, one from 100 to 70, one from 100 to nothing.
    const sums = { open: 300, close: 220, minOpenClose: 170 };
    expect(grossRevenueRetention(sums)).toBeCloseTo(170 / 300, 12);
    expect(netRevenueRetention(sums)).toBeCloseTo(220 / 300, 12);
  });

  it('keeps gross at or below net and at or below 1, whoever expands', () => {
    const customers = fc.array(fc.record({ open: fc.nat(1e6), close: fc.nat(1e6) }), { minLength: 1 });
    fc.assert(
      fc.property(customers, (book) => {
        const sum = (of: (one: (typeof book)[number]) => number) =>
          book.reduce((total, one) => total + of(one), 0);
        const open = sum((one) => one.open) + 1;
        const close = sum((one) => one.close) + 1;
        const minOpenClose = sum((one) => Math.min(one.open, one.close)) + 1;
        const gross = grossRevenueRetention({ open, minOpenClose });
        expect(gross).toBeLessThanOrEqual(Math.min(1, netRevenueRetention({ open, close }) ?? 0));
      }),
    );
  });
});
