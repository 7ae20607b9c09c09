import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { binomial, normal, seededRandom, xoshiro128, type Random } from './index.js';

function moments(draw: () => number, draws: number): { mean: number; deviation: number } {
  const values = Array.from({ length: draws }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / draws;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws);
  return { mean, deviation };
}

describe('the seeded generator', () => {
  it('gives the published first outputs of xoshiro128** from the state 1, 2, 3, 4', () => {
    const next = xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, next)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('repeats itself for a seed and differs between seeds', () => {
    const first = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    expect(first(7)).toEqual(first(7));
    expect(new Set([0, 1, 2, -1].map((seed) => first(seed).join())).size).toBe(4);
  });

  it('is uniform on [0, 1)', () => {
    const { mean, deviation } = moments(seededRandom(1), 20_000);
    expect(mean).toBeCloseTo(0.5, 1.5);
    expect(deviation).toBeCloseTo(Math.sqrt(1 / 12), 1.5);
  });

  it('gives standard normals', () => {
    const random = seededRandom(2);
    const { mean, deviation } = moments(() => normal(random), 20_000);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.02);
  });
});

describe('a binomial draw', () => {
  it.each([
    [10, 0.3],
    [1000, 0.1],
    [1000, 0.9],
    [2000, 0.5],
    [10_000_000, 0.25],
    [10_000_000, 0.000_001],
  ])('from %d trials of %d has the mean and the spread it should', (n, p) => {
    const random = seededRandom(3);
    const { mean, deviation } = moments(() => binomial(random, n, p), 10_000);
    const expected = Math.sqrt(n * p * (1 - p));
    expect(Math.abs(mean - n * p)).toBeLessThan(0.04 * expected);
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.03);
  });

  it('by inversion is the quantile of its distribution', () => {
    const at = (uniform: number): number => binomial(() => uniform, 4, 0.5);
    // 1, 4, 6, 4, 1 sixteenths.
    expect([0.06, 0.07, 0.31, 0.32, 0.68, 0.69, 0.93, 0.94].map(at)).toEqual([0, 1, 1, 2, 2, 3, 3, 4]);
  });

  it('is skewed to the right where successes are rare, also in the normal range', () => {
    const random = seededRandom(4);
    const [n, p] = [100_000, 0.0025];
    const deviation = Math.sqrt(n * p * (1 - p));
    const draws = Array.from({ length: 50_000 }, () => (binomial(random, n, p) - n * p) / deviation);
    const skewness = draws.reduce((sum, z) => sum + z ** 3, 0) / draws.length;
    expect(Math.abs(skewness - (1 - 2 * p) / deviation)).toBeLessThan(0.04);
  });

  it('is a whole number of at most n, for any chance', () => {
    const seeds: fc.Arbitrary<Random> = fc.integer().map(seededRandom);
    fc.assert(
      fc.property(seeds, fc.nat(10_000_000), fc.double({ min: 0, max: 1, noNaN: true }), (random, n, p) => {
        const drawn = binomial(random, n, p);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn <= n).toBe(true);
      }),
    );
  });
});
