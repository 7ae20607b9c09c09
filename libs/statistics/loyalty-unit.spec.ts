import { describe, expect, it } from '@jest/globals';
import { checkUnit, unitCurves, type LoyaltyUnit, type SpendPeriod } from './index.js';

const UNIT: LoyaltyUnit = {
  prospects: 10_000,
  customers: 2_000,
  acquisitionSpend: 60_000,
  retentionSpend: 20_000,
  acquired: 2_501,
  retained: 1_000,
  margin: 60,
  discount: 0.1,
};
const CEILINGS = { acquisitionCeiling: 0.45, retentionCeiling: 0.8 };

describe('one level of spend', () => {
  it('under declared ceilings gives the curves of the published example', () => {
    expect(unitCurves({ ...UNIT, ...CEILINGS })).toEqual({
      kind: 'curves',
      acquisition: { floor: 0, ceiling: 0.45, k: expect.closeTo(0.1352, 4) },
      retention: { floor: 0, ceiling: 0.8, k: expect.closeTo(0.0981, 4) },
    });
  });

  it('shows retention that costs nothing as the floor', () => {
    expect(unitCurves({ ...UNIT, ...CEILINGS, freeRetention: 0.3 })).toMatchObject({
      retention: { floor: 0.3, k: expect.closeTo(-Math.log(1 - 0.2 / 0.5) / 10, 9) },
    });
  });

  it('without ceilings, or with nothing spent on one side, shows the mix alone', () => {
    expect(unitCurves({ ...UNIT, retentionCeiling: 0.8 })).toEqual({
      kind: 'spend_mix_only',
      share: 0.75,
      missing: [{ side: 'acquisition', reason: 'no_ceiling' }],
    });
    expect(unitCurves({ ...UNIT, ...CEILINGS, retentionSpend: 0 })).toEqual({
      kind: 'spend_mix_only',
      share: 1,
      missing: [{ side: 'retention', reason: 'no_spend' }],
    });
  });
});

describe('three levels of spend', () => {
  /** What the curves of the published example give at other levels. */
  const history: readonly SpendPeriod[] = [
    { ...UNIT, acquisitionSpend: 20_000, retentionSpend: 10_000, acquired: 1_066, retained: 620 },
    { ...UNIT, acquisitionSpend: 150_000, retentionSpend: 60_000, acquired: 3_908, retained: 1_516 },
  ];
  const flat = history.map((period) => ({ ...period, acquired: UNIT.acquired }));

  it('need no declared ceiling', () => {
    expect(unitCurves({ ...UNIT, history })).toMatchObject({
      kind: 'curves',
      acquisition: { ceiling: expect.closeTo(0.45, 3), k: expect.closeTo(0.1352, 3) },
      retention: { ceiling: expect.closeTo(0.8, 3), k: expect.closeTo(0.0981, 3) },
    });
  });

  it('that show no rise leave it to the declared ceiling', () => {
    expect(unitCurves({ ...UNIT, acquisitionCeiling: 0.45, history: flat })).toMatchObject({
      acquisition: { ceiling: 0.45 },
      retention: { ceiling: expect.closeTo(0.8, 3) },
    });
    expect(unitCurves({ ...UNIT, history: flat })).toMatchObject({
      kind: 'spend_mix_only',
      missing: [{ side: 'acquisition', reason: 'no_rise' }],
    });
  });

  it('are three without the periods in which nobody was addressed', () => {
    const idle = { ...UNIT, prospects: 0, customers: 0, acquired: 0, retained: 0 };
    expect(unitCurves({ ...UNIT, history: [...history, idle] })).toEqual(unitCurves({ ...UNIT, history }));
  });

  it('do not excuse a declaration that the present level contradicts', () => {
    expect(unitCurves({ ...UNIT, acquisitionCeiling: 0.2, history })).toMatchObject({
      kind: 'ceiling_below_rate',
    });
  });
});

describe('what was declared is refused', () => {
  it('when more responded than the ceiling allows, or fewer than the floor', () => {
    expect(unitCurves({ ...UNIT, ...CEILINGS, acquisitionCeiling: 0.2 })).toEqual({
      kind: 'ceiling_below_rate',
      side: 'acquisition',
      rate: 0.2501,
      ceiling: 0.2,
    });
    expect(unitCurves({ ...UNIT, ...CEILINGS, freeRetention: 0.6 })).toEqual({
      kind: 'rate_below_floor',
      side: 'retention',
      rate: 0.5,
      floor: 0.6,
    });
  });

  it('with an exception when it is no count, amount or share', () => {
    expect(() => checkUnit({ ...UNIT, acquired: -1 })).toThrow('acquired is not a count');
    expect(() => checkUnit({ ...UNIT, retentionSpend: NaN })).toThrow('retentionSpend is not an amount');
    expect(() => checkUnit({ ...UNIT, retentionCeiling: 1.2 })).toThrow('retentionCeiling is not a share');
    expect(() => checkUnit({ ...UNIT, freeRetention: -0.1 })).toThrow('freeRetention is not a share');
    expect(() => checkUnit({ ...UNIT, history: [{ ...UNIT, customers: 0.5 }] })).toThrow('customers');
  });
});
