import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assessLevel, assessSplit, responseAt, totalEquity, type SpendProblem } from './index.js';

const EXAMPLE: SpendProblem = {
  prospects: 10_000,
  customers: 2_000,
  margin: 60,
  discount: 0.1,
  acquisition: { floor: 0, ceiling: 0.45, k: 0.1352 },
  retention: { floor: 0, ceiling: 0.8, k: 0.0981 },
};

const equityOf = (problem: SpendProblem, perProspect: number, perCustomer: number) =>
  totalEquity(problem, {
    perProspect,
    perCustomer,
    acquisitionRate: responseAt(problem.acquisition, perProspect),
    retentionRate: responseAt(problem.retention, perCustomer),
  });

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const curves = fc
  .tuple(between(0, 0.4), between(0.05, 0.55), between(0.005, 1))
  .map(([floor, range, k]) => ({ floor, ceiling: floor + range, k }));
const problems: fc.Arbitrary<SpendProblem> = fc.record({
  prospects: fc.integer({ min: 1, max: 100_000 }),
  customers: fc.integer({ min: 1, max: 100_000 }),
  margin: between(1, 500),
  discount: between(0.01, 0.5),
  acquisition: curves.map((curve) => ({ ...curve, floor: 0 })),
  retention: curves,
});
/** Up to 100 of money a head. */
const spends = (problem: SpendProblem) =>
  fc.tuple(between(0.01, 100), between(0.01, 100)).map(([perProspect, perCustomer]) => ({
    acquisitionSpend: perProspect * problem.prospects,
    retentionSpend: perCustomer * problem.customers,
  }));
const cases = problems.chain((problem) => fc.tuple(fc.constant(problem), spends(problem)));

describe('the split of a budget', () => {
  it('of the acquirer example is .75 where .568 is best, which costs 13.6 %', () => {
    const split = assessSplit(EXAMPLE, { acquisitionSpend: 60_000, retentionSpend: 20_000 });
    expect(split.share).toBe(0.75);
    expect(split.optimalShare).toBeCloseTo(0.568, 3);
    expect(split.regret).toBeCloseTo(0.136, 3);
    expect(split.current).toMatchObject({
      perProspect: 6,
      perCustomer: 10,
      acquisitionRate: expect.closeTo(0.25, 3),
      retentionRate: expect.closeTo(0.5, 3),
    });
  });

  it('of the retainer example is .125 of the same budget', () => {
    const split = assessSplit(EXAMPLE, { acquisitionSpend: 10_000, retentionSpend: 70_000 });
    expect(split.share).toBe(0.125);
    expect(split.optimalShare).toBeCloseTo(0.568, 3);
  });

  it('is beaten by no share on a fine grid, even where there are several hills', () => {
    fc.assert(
      fc.property(cases, ([problem, spend]) => {
        const { optimum, regret } = assessSplit(problem, spend);
        const budget = spend.acquisitionSpend + spend.retentionSpend;
        let best = -Infinity;
        for (let i = 0; i <= 500; i++) {
          const s = i / 500;
          best = Math.max(
            best,
            equityOf(problem, (s * budget) / problem.prospects, ((1 - s) * budget) / problem.customers),
          );
        }
        expect(optimum.totalEquity).toBeGreaterThanOrEqual(best - 1e-6 * Math.abs(best));
        expect(regret ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('at the optimum leaves nothing to regret', () => {
    const { optimalShare } = assessSplit(EXAMPLE, { acquisitionSpend: 60_000, retentionSpend: 20_000 });
    const spend = { acquisitionSpend: 80_000 * optimalShare, retentionSpend: 80_000 * (1 - optimalShare) };
    expect(assessSplit(EXAMPLE, spend).regret).toBeCloseTo(0, 9);
  });

  it('has no regret to speak of where nothing can be earned', () => {
    const spend = { acquisitionSpend: 1e9, retentionSpend: 1e9 };
    expect(assessSplit(EXAMPLE, spend).regret).toBeNull();
  });
});

describe('the level of a budget', () => {
  const assess = (problem: SpendProblem, spend: { acquisitionSpend: number; retentionSpend: number }) =>
    assessLevel(problem, spend, assessSplit(problem, spend));

  it('is right where the marginal cost to acquire, the marginal cost to retain and V are one (Pfeifer 2005)', () => {
    const { optimum } = assess(EXAMPLE, { acquisitionSpend: 60_000, retentionSpend: 20_000 });
    expect(optimum.marginalCostToAcquire).toBeCloseTo(optimum.customerValue, 4);
    expect(optimum.marginalCostToRetain).toBeCloseTo(optimum.customerValue, 4);
    expect(optimum.customerValue).toBeCloseTo(112.14, 1);
  });

  it('is another finding than the split: the example spends less than half of what would pay', () => {
    const spend = { acquisitionSpend: 60_000, retentionSpend: 20_000 };
    const { optimum, budget, gap, regret } = assess(EXAMPLE, spend);
    expect(budget).toBeCloseTo(optimum.perProspect * 10_000 + optimum.perCustomer * 2_000, 6);
    expect(gap).toBeCloseTo(80_000 - budget, 6);
    expect(gap).toBeLessThan(-100_000);
    expect(regret).toBeGreaterThan(0.25);
  });

  it('leaves no gap to a budget that is right', () => {
    const { optimum } = assess(EXAMPLE, { acquisitionSpend: 60_000, retentionSpend: 20_000 });
    const spend = {
      acquisitionSpend: optimum.perProspect * 10_000,
      retentionSpend: optimum.perCustomer * 2_000,
    };
    const again = assess(EXAMPLE, spend);
    expect(again.gap).toBeCloseTo(0, 6);
    expect(again.regret).toBeCloseTo(0, 9);
  });

  it('spends nothing where the first unit does not come back', () => {
    const dear = { ...EXAMPLE, margin: 1 };
    const { optimum, budget } = assess(dear, { acquisitionSpend: 100, retentionSpend: 100 });
    expect(budget).toBe(0);
    expect(optimum.marginalCostToAcquire).toBeGreaterThan(optimum.customerValue);
    expect(optimum.marginalCostToRetain).toBeGreaterThan(optimum.customerValue);
  });

  it('is beaten by no pair of spends on a grid', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const spend = { acquisitionSpend: problem.prospects, retentionSpend: problem.customers };
        const best = assess(problem, spend).optimum.totalEquity;
        let found = -Infinity;
        for (let i = 0; i <= 40; i++) {
          for (let j = 0; j <= 40; j++) found = Math.max(found, equityOf(problem, i * i * 0.5, j * j * 0.5));
        }
        expect(found).toBeLessThanOrEqual(best + 1e-6 * Math.abs(best));
      }),
    );
  });
});
