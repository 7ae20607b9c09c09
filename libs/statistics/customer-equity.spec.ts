import { describe, expect, it } from '@jest/globals';
import { customerEquity, customerValue, totalEquity } from './index.js';

describe('customer equity', () => {
  const economics = { margin: 200, discount: 0.1 };
  const spent = (
    perProspect: number,
    acquisitionRate: number,
    perCustomer: number,
    retentionRate: number,
  ) => ({
    perProspect,
    acquisitionRate,
    perCustomer,
    retentionRate,
  });

  it('is 56.00 and 70.00 per prospect in the published checks', () => {
    expect(customerEquity(economics, spent(20, 0.2, 30, 0.6))).toBeCloseTo(56, 10);
    expect(customerEquity(economics, spent(30, 0.3, 20, 0.5))).toBeCloseTo(70, 10);
  });

  it('values a customer at one margin now and the later ones, less the cost of keeping', () => {
    let value = 200;
    for (let t = 1; t < 200; t++) value += (0.6 / 1.1) ** (t - 1) * ((0.6 * 200 - 30) / 1.1);
    expect(customerValue(economics, { perCustomer: 30, retentionRate: 0.6 })).toBeCloseTo(value, 9);
  });

  it('adds up prospects and the customers already there, whose present margin is not to be won again', () => {
    const market = { ...economics, prospects: 1000, customers: 50 };
    expect(totalEquity(market, spent(20, 0.2, 30, 0.6))).toBeCloseTo(1000 * 56 + 50 * (380 - 200), 8);
  });
});
