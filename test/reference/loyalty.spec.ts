/** Loyalty segments against the published examples of analytics.md. */
import { describe, expect, it } from '@jest/globals';
import { bought, gbp, told, world } from './example.js';
import { judged, loyalty } from './loyalty.js';
import { spending } from './spend.js';
import { bestSplit, classOf, customerEquity, customerValue, rateAt, type Curve } from './split.js';

const POLICY = { version: 1, shareBand: 0.1, regretBand: 0.05, discount: 0.1, marginRate: 0.3 };

// analytics.md, "Loyalty segments": "Check (r_0 = 0, m 200, d .1)".
describe('customer equity', () => {
  it('is that of Blattberg and Deighton', () => {
    expect(customerEquity(0.2, customerValue(200, 0.1, 30, 0.6), 20)).toBeCloseTo(56, 2);
    expect(customerEquity(0.3, customerValue(200, 0.1, 20, 0.5), 30)).toBeCloseTo(70, 2);
  });
});

// analytics.md, "Example (P 10,000, N 2,000, ceilings .45 and .80 with k_a .1352 and k_r .0981, m 60, d .1)".
describe('the best split', () => {
  const [acquisition, retention]: Curve[] = [
    { floor: 0, ceiling: 0.45, k: 0.1352 },
    { floor: 0, ceiling: 0.8, k: 0.0981 },
  ];
  const splitOf = (perProspect: number, perCustomer: number) =>
    bestSplit(
      {
        prospects: 10_000,
        customers: 2_000,
        acquisitionSpend: perProspect * 10_000,
        retentionSpend: perCustomer * 2_000,
        acquisitionRate: rateAt(acquisition!, perProspect),
        retentionRate: rateAt(retention!, perCustomer),
        margin: 60,
        discount: 0.1,
      },
      acquisition!,
      retention!,
    );

  it('makes an acquirer of A 6, R 10', () => {
    const split = splitOf(6, 10);
    expect(split.share).toBe(0.75);
    expect(split.optimalShare).toBeCloseTo(0.568, 3);
    expect(split.regret).toBeCloseTo(0.136, 3);
    expect(classOf(split, POLICY)).toBe('acquirer');
  });

  it('makes a retainer of A 1, R 35', () => {
    const split = splitOf(1, 35);
    expect(split.share).toBe(0.125);
    expect(classOf(split, POLICY)).toBe('retainer');
  });
});

describe('a unit', () => {
  const figures = {
    prospects: 10_000,
    customers: 2_000,
    retained: 1_000,
    acquired: 2_501,
    acquisitionSpend: 6_000_000,
    retentionSpend: 2_000_000,
    revenue: 24_000_000,
    recordedMargin: 6_000_000,
    assumedMargin: 6_000_000,
    margin: 12_000_000,
  };
  const ceilings = { acquisitionCeiling: 0.45, retentionCeiling: 0.8 };

  // The same example from its observed rates: a .2501, r .5.
  it('has its curves from the observed rates and the declared ceilings', () => {
    expect(judged(figures, { ...POLICY, ...ceilings })).toMatchObject({
      class: 'acquirer',
      share: 0.75,
      optimalShare: 0.568,
      regret: 0.136,
    });
  });

  // analytics.md: "no_spend", "not_applicable", "unprofitable", ceiling below the observed rate; and spend mix only.
  it.each([
    ['no_spend', { acquisitionSpend: 0, retentionSpend: 0 }, ceilings, null],
    ['not_applicable', { prospects: 0 }, ceilings, 0.75],
    ['not_applicable', { customers: 0 }, ceilings, 0.75],
    ['unprofitable', { margin: 0 }, ceilings, 0.75],
    ['ceiling_below_observed', {}, { ...ceilings, acquisitionCeiling: 0.2 }, 0.75],
    ['no_ceiling', {}, {}, 0.75],
  ] as const)('is refused with the reason: %s', (refused, changed, declared, share) => {
    const told = judged({ ...figures, ...changed }, { ...POLICY, ...declared });
    expect(told).toMatchObject({ class: null, refused, share });
  });

  const spent = (purpose: 'acquisition' | 'retention', segment: string | undefined, minor: number) => ({
    ...told('x', '2026-03-05', 'MarketingSpendRecorded', {
      spendId: `${purpose} ${segment}`,
      purpose,
      spentOn: '2026-03-05',
      amount: gbp(minor),
      ...(purpose === 'acquisition' ? { addressed: 10 } : {}),
      ...(segment === undefined ? {} : { segment }),
    }),
    stream: 'spend-2026-03',
  });
  const seen = world(
    [
      told('a', '2026-01-01', 'MarketSegmentAssigned', { segment: 'gold' }),
      bought('a', '2026-02-01'),
      bought('a', '2026-03-10', 'p', 5_000),
      told('b', '2026-03-12', 'MarketSegmentAssigned', { segment: 'gold' }),
      bought('b', '2026-03-12'),
      spent('acquisition', 'gold', 300),
      spent('retention', 'gold', 100),
      spent('retention', undefined, 100),
    ],
    '2026-03-31',
  );
  const MARCH = { start: '2026-03-01', end: '2026-04-01' };

  // analytics.md: P prospects addressed, N customers at the start, SA, SR, acquired, retained, margin of a customer.
  it('is counted from the spend that names it and from its customers', () => {
    expect(loyalty(seen, MARCH, 'segment', POLICY).items).toMatchObject([
      {
        code: 'gold',
        share: 0.75,
        figures: {
          prospects: 10,
          customers: 1,
          retained: 1,
          acquired: 1,
          acquisitionSpend: 300,
          retentionSpend: 100,
          revenue: 5_000,
          recordedMargin: 0,
          assumedMargin: 1_500,
        },
      },
    ]);
    expect(loyalty(seen, MARCH, 'organisation', POLICY).items).toMatchObject([
      { code: 'all', share: 0.6, figures: { retentionSpend: 200 } },
    ]);
  });

  // The route of spend: what names no segment is in no row of by=segment, and in all of it.
  it('has in its sums what names it, and no more', () => {
    const sums = (by: 'segment' | null) =>
      spending(seen, MARCH, by).items.map(({ group, purpose, amount }) => [group, purpose, amount]);
    expect(sums('segment')).toEqual([
      ['gold', 'acquisition', 300],
      ['gold', 'retention', 100],
    ]);
    expect(sums(null)).toEqual([
      [null, 'acquisition', 300],
      [null, 'retention', 200],
    ]);
  });
});
