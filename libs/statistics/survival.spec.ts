import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupTenures, kaplanMeier, restrictedMean, survivalAt, type ExitCount } from './index.js';

/** Freireich et al. (1963), the 6-MP arm: weeks in remission, `+` is still in remission. */
const FREIREICH = '6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+'
  .split(' ')
  .map((week) => ({ time: parseInt(week), event: !week.endsWith('+') }));

const exit = (time: number, events: number, censored = 0): ExitCount => ({ time, events, censored });

describe('Kaplan–Meier on the 6-MP arm', () => {
  const curve = kaplanMeier(groupTenures(FREIREICH));

  it.each([
    [6, 21, 3, 0.857143, 0.0764, 0.6197, 0.9516],
    [7, 17, 1, 0.806723, 0.0869, 0.5631, 0.9228],
    [10, 15, 1, 0.752941, 0.0963, 0.5032, 0.8894],
    [13, 12, 1, 0.690196, 0.1068, 0.4316, 0.8491],
    [16, 11, 1, 0.627451, 0.1141, 0.3675, 0.8049],
    [22, 7, 1, 0.537815, 0.1282, 0.2678, 0.7468],
    [23, 6, 1, 0.448179, 0.1346, 0.1881, 0.6801],
  ])('week %d: %d at risk, %d events, S %d', (time, atRisk, events, survival, error, lower, upper) => {
    const step = curve.steps.find((one) => one.time === time);
    expect(step).toMatchObject({ atRisk, events });
    expect(step?.survival).toBeCloseTo(survival, 6);
    expect(step?.standardError).toBeCloseTo(error, 4);
    expect(step?.interval?.[0]).toBeCloseTo(lower, 4);
    expect(step?.interval?.[1]).toBeCloseTo(upper, 4);
  });

  it('has a step at censored times too, where the curve stays level', () => {
    expect(curve.steps).toHaveLength(16);
    expect(curve.steps.find(({ time }) => time === 35)).toMatchObject({ atRisk: 1, events: 0, censored: 1 });
    expect(survivalAt(curve, 35)).toBe(survivalAt(curve, 23));
  });

  it('has its median at week 23 and a restricted mean of 23.29 weeks out of 35', () => {
    expect(curve.median).toBe(23);
    expect(restrictedMean(curve, 35)).toBeCloseTo(23.287395, 6);
    expect(restrictedMean(curve, 6)).toBe(6);
  });

  it('knows nothing after the last observation', () => {
    expect(survivalAt(curve, 36)).toBeNull();
    expect(restrictedMean(curve, 36)).toBeNull();
  });
});

describe('Kaplan–Meier', () => {
  it('leaves the median open while more than half stay', () => {
    expect(kaplanMeier([exit(1, 4, 6)]).median).toBeNull();
    expect(kaplanMeier([]).median).toBeNull();
  });

  it('takes a product that is one half on paper as one half', () => {
    // 9/10 · 8/9 · 7/8 · 6/7 · 5/6 in doubles is not exactly 1/2.
    expect(kaplanMeier([1, 2, 3, 4, 5].map((time) => exit(time, 1)).concat(exit(6, 0, 5))).median).toBe(5);
  });

  it('ends at 0 when the last one leaves, without an error or interval there', () => {
    const curve = kaplanMeier([exit(1, 1), exit(2, 1)]);
    expect(curve.steps[1]).toMatchObject({ survival: 0, standardError: null, interval: null });
    expect(survivalAt(curve, 99)).toBe(0);
    expect(restrictedMean(curve, 99)).toBeCloseTo(1.5, 12);
  });

  it('has no interval before the first loss', () => {
    expect(kaplanMeier([exit(1, 0, 1), exit(2, 1, 1)]).steps[0]).toMatchObject({
      survival: 1,
      standardError: 0,
      interval: null,
    });
  });

  it('puts losses before censorings at the same time', () => {
    expect(kaplanMeier([exit(3, 1, 1)]).steps[0]?.survival).toBe(0.5);
  });

  it('is the same from any order and any grouping of the counts', () => {
    const apart = [exit(9, 0, 4), exit(2, 1), exit(5, 2), exit(2, 1, 1)];
    expect(kaplanMeier(apart)).toEqual(kaplanMeier([exit(2, 2, 1), exit(5, 2), exit(9, 0, 4)]));
  });

  it('counts who came under observation late only from then on', () => {
    const entries = [
      { time: 0, entered: 10 },
      { time: 5, entered: 10 },
    ];
    const curve = kaplanMeier([exit(5, 1), exit(6, 1), exit(9, 0, 18)], entries);
    expect(curve.steps.map(({ atRisk }) => atRisk)).toEqual([10, 19, 18]);
    expect(curve.steps[1]?.survival).toBeCloseTo((9 / 10) * (18 / 19), 12);
  });

  it('refuses more exits than were there', () => {
    expect(() => kaplanMeier([exit(5, 2)], [{ time: 0, entered: 1 }])).toThrow(RangeError);
    expect(() => kaplanMeier([exit(5, 1)], [{ time: 5, entered: 1 }])).toThrow('More exit at 5');
  });

  const tenures = fc.array(fc.record({ time: fc.integer({ min: 1, max: 30 }), event: fc.boolean() }), {
    minLength: 1,
  });

  it('never rises, stays within [0, 1] and inside its interval', () => {
    fc.assert(
      fc.property(tenures, (people) => {
        let before = 1;
        for (const { survival, interval } of kaplanMeier(groupTenures(people)).steps) {
          expect(survival).toBeLessThanOrEqual(before);
          expect(survival).toBeGreaterThanOrEqual(0);
          if (interval) {
            const [lower, upper] = interval;
            expect(0 <= lower && lower <= survival && survival <= upper && upper <= 1).toBe(true);
          }
          before = survival;
        }
      }),
    );
  });

  it('is the plain share left when nobody is censored, and its area the plain mean', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (times) => {
        const curve = kaplanMeier(groupTenures(times.map((time) => ({ time, event: true }))));
        for (const { time, survival } of curve.steps) {
          expect(survival).toBeCloseTo(times.filter((other) => other > time).length / times.length, 9);
        }
        expect(restrictedMean(curve, 30)).toBeCloseTo(times.reduce((a, b) => a + b) / times.length, 9);
      }),
    );
  });

  it('with everybody entering at the start is what it is without entries', () => {
    fc.assert(
      fc.property(tenures, (people) => {
        const exits = groupTenures(people);
        expect(kaplanMeier(exits, [{ time: 0, entered: people.length }])).toEqual(kaplanMeier(exits));
      }),
    );
  });
});
