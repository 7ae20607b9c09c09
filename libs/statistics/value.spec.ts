import { describe, expect, it } from '@jest/globals';
import { clvMarginAtEnd, clvMarginAtOnce, simpleValue } from './index.js';

describe('value in closed form', () => {
  it('is income times years when simple', () => {
    expect(simpleValue(1200, 5)).toBe(6000);
  });

  it('is the discounted sum of the margins of those kept, with the first at the end of the period or at once', () => {
    const customer = { margin: 100, retention: 0.8, discount: 0.1 };
    let [atEnd, atOnce] = [0, 0];
    for (let t = 0; t < 500; t++) {
      atOnce += 100 * (0.8 / 1.1) ** t;
      atEnd += 100 * (0.8 / 1.1) ** (t + 1);
    }
    expect(clvMarginAtEnd(customer)).toBeCloseTo(atEnd, 9);
    expect(clvMarginAtOnce(customer)).toBeCloseTo(atOnce, 9);
    expect(clvMarginAtEnd(customer)).toBeCloseTo(80 / 0.3, 9);
  });

  it('has no figure where the sum does not end', () => {
    expect(clvMarginAtEnd({ margin: 100, retention: 1, discount: 0 })).toBeNull();
    expect(clvMarginAtOnce({ margin: 100, retention: 1, discount: 0 })).toBeNull();
  });
});
