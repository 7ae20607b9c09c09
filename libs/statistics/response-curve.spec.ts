import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { curveThrough, fitCurve, marginalCost, responseAt, type ResponseCurve } from './index.js';

const level = (spend: number, rate: number, people = 1000) => ({ people, spend, rate });
const levelsOf = (curve: ResponseCurve, spends: readonly number[]) =>
  spends.map((spend) => level(spend, responseAt(curve, spend)));

describe('a curve through one level', () => {
  it('finds the published k of the acquirer example', () => {
    const answer = curveThrough(level(6, 0.25), 0.45);
    expect(answer).toMatchObject({ kind: 'curve', curve: { k: expect.closeTo(0.1352, 4) } });
    expect(curveThrough(level(10, 0.5), 0.8)).toMatchObject({ curve: { k: expect.closeTo(0.0981, 4) } });
  });

  it('passes through the level and the floor, and stays below the ceiling', () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(share, share, share, fc.double({ min: 0.01, max: 1e6, noNaN: true }), (x, y, z, spend) => {
        const [floor, rate, ceiling] = [x, y, z].sort((a, b) => a - b) as [number, number, number];
        fc.pre(ceiling - rate > 1e-6);
        const answer = curveThrough(level(spend, rate), ceiling, floor);
        if (answer.kind !== 'curve') throw new Error(answer.kind);
        expect(responseAt(answer.curve, spend)).toBeCloseTo(rate, 9);
        expect(responseAt(answer.curve, 0)).toBe(floor);
        expect(responseAt(answer.curve, spend * 1000)).toBeLessThanOrEqual(ceiling * (1 + 1e-12));
      }),
    );
  });

  it('is refused where the figures contradict what was declared', () => {
    expect(curveThrough(level(6, 0.5), 0.45)).toEqual({
      kind: 'ceiling_below_rate',
      rate: 0.5,
      ceiling: 0.45,
    });
    expect(curveThrough(level(6, 0.45), 0.45)).toMatchObject({ kind: 'ceiling_below_rate' });
    expect(curveThrough(level(6, 0.2), 0.8, 0.3)).toEqual({
      kind: 'rate_below_floor',
      rate: 0.2,
      floor: 0.3,
    });
    expect(curveThrough(level(0, 0.2), 0.8)).toEqual({ kind: 'no_spend' });
  });
});

describe('a fitted curve', () => {
  const curve = { floor: 0.2, ceiling: 0.7, k: 0.08 };

  it('finds the curve that the levels lie on', () => {
    const answer = fitCurve(levelsOf(curve, [3, 8, 20, 40]), 0.2);
    expect(answer).toEqual({
      kind: 'curve',
      curve: { floor: 0.2, ceiling: expect.closeTo(0.7, 5), k: expect.closeTo(0.08, 5) },
    });
  });

  it('is beaten by no other ceiling and k', () => {
    const noisy = [level(3, 0.31), level(8, 0.42, 4000), level(20, 0.63), level(40, 0.66, 200)];
    const misfit = (candidate: ResponseCurve) =>
      noisy.reduce(
        (sum, { people, spend, rate }) => sum + people * (rate - responseAt(candidate, spend)) ** 2,
        0,
      );
    const answer = fitCurve(noisy, 0.2);
    if (answer.kind !== 'curve') throw new Error(answer.kind);
    let least = Infinity;
    for (let ceiling = 0.66; ceiling <= 1; ceiling += 0.005) {
      for (let k = 0.002; k < 1; k *= 1.02) least = Math.min(least, misfit({ floor: 0.2, ceiling, k }));
    }
    expect(misfit(answer.curve)).toBeLessThanOrEqual(least);
  });

  it('does not depend on the unit of money', () => {
    const answer = fitCurve(
      levelsOf(
        curve,
        [300, 800, 2000].map((cents) => cents / 100),
      ),
      0.2,
    );
    const inCents = fitCurve(
      levelsOf(curve, [3, 8, 20]).map((one) => ({ ...one, spend: one.spend * 100 })),
      0.2,
    );
    if (answer.kind !== 'curve' || inCents.kind !== 'curve') throw new Error('no curve');
    expect(inCents.curve.ceiling).toBeCloseTo(answer.curve.ceiling, 6);
    expect(inCents.curve.k * 100).toBeCloseTo(answer.curve.k, 6);
  });

  it('puts the ceiling at 1 where the rise is straight', () => {
    expect(fitCurve([level(1, 0.0001), level(2, 0.0002), level(3, 0.0003)])).toMatchObject({
      curve: { ceiling: expect.closeTo(1, 5), k: expect.closeTo(0.0001, 6) },
    });
  });

  it('is refused where the levels show none', () => {
    expect(fitCurve([level(5, 0.1), level(5.01, 0.2), level(9, 0.3), level(0, 0)])).toEqual({
      kind: 'too_few_levels',
      levels: 2,
    });
    expect(fitCurve([level(5, 0.4), level(10, 0.4), level(20, 0.4)])).toEqual({ kind: 'no_rise' });
    expect(fitCurve([level(5, 0), level(10, 0), level(20, 0)])).toEqual({ kind: 'no_rise' });
    expect(fitCurve([level(5, 0.4), level(10, 0.7), level(20, 1.2)])).toMatchObject({
      kind: 'ceiling_below_rate',
      rate: 1.2,
    });
  });
});

describe('the marginal cost', () => {
  it('is the spend on one person divided by what it changes', () => {
    const curve = { floor: 0, ceiling: 0.45, k: 0.1352 };
    const step = 1e-6;
    const gained = responseAt(curve, 6 + step) - responseAt(curve, 6);
    expect(marginalCost(curve, 6)).toBeCloseTo(step / gained, 3);
  });

  it('is null where no spend wins another', () => {
    expect(marginalCost({ floor: 0, ceiling: 0.45, k: 0 }, 6)).toBeNull();
  });
});
