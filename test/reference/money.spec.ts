/** Prices, revenue, cohorts and causes, in examples of which each says where it comes from. */
import { describe, expect, it } from '@jest/globals';
import { causes } from './causes.js';
import { cohorts } from './cohorts.js';
import { contractedOn } from './money.js';
import { bought, gbp, told, world } from './example.js';
import { revenue } from './revenue.js';

const YEAR = { start: '2026-01-01', end: '2027-01-01' };

describe('the price of a contract', () => {
  // domain.md D1: 1000 from January, 2000 from June, then 1500 dated back to March, then 1500 from September.
  it('is that of the last change from the day or before it, in whatever order they arrive', () => {
    const priced = (effectiveOn: string, minor: number) =>
      told('a', effectiveOn, 'SubscriptionChanged', {
        subscriptionId: 's',
        effectiveOn,
        recurring: gbp(minor),
      });
    const events = [
      told('a', '2026-01-01', 'SubscriptionStarted', {
        subscriptionId: 's',
        product: 'p',
        recurring: gbp(1000),
        interval: 'month',
        startsOn: '2026-01-01',
      }),
      priced('2026-06-01', 2000),
      priced('2026-03-01', 1500),
      priced('2026-09-01', 1500),
    ];
    const [customer] = world(events, '2026-12-31').customers;
    const pricesOn = ['2026-02-28', '2026-03-01', '2026-05-31', '2026-06-01', '2026-08-31', '2026-09-01'];
    expect(pricesOn.map((day) => contractedOn(customer!, day, 'GBP') / 12)).toEqual([
      1000, 1500, 1500, 2000, 2000, 1500,
    ]);
  });
});

describe('revenue', () => {
  // growth.md G22: the second of two purchases is refunded on 04-10, and retracted on 04-12.
  it('takes back once what is refunded and retracted', () => {
    const events = [
      bought('a', '2026-03-01', 'p', 12_000),
      bought('a', '2026-04-01', 'q', 12_000),
      told('a', '2026-04-10', 'PurchaseRefunded', {
        touchpointId: 'r',
        purchaseId: 'q',
        amount: gbp(12_000),
      }),
      told('a', '2026-04-12', 'TouchpointRetracted', { touchpointId: 'q', reason: 'mistake' }),
    ];
    const of = (asOf: string) => revenue(world(events, asOf), YEAR, { by: null }, 'year').items[0];
    expect(of('2026-04-05')).toMatchObject({ revenue: 24_000, occasions: 2 });
    expect(of('2026-04-10')).toMatchObject({ revenue: 12_000, occasions: 1 });
    expect(of('2026-04-12')).toMatchObject({ revenue: 12_000, occasions: 1 });
  });

  // analytics.md, "Who counts, and when": one customer, one calendar day; a free purchase counts.
  it('counts two purchases of a day as one occasion, and a free one as an occasion', () => {
    const events = [
      bought('a', '2026-03-01', 'p'),
      bought('a', '2026-03-01', 'q'),
      bought('a', '2026-03-02', 'r', 0),
    ];
    expect(revenue(world(events, '2026-12-31'), YEAR, { by: null }, 'year').items).toMatchObject([
      { occasions: 2, customers: 1, revenue: 2000 },
    ]);
  });

  // analytics.md: without a rate, amounts in other currencies are excluded and counted.
  it('leaves out other currencies, and counts them', () => {
    const amount = { minor: 500, currency: 'EUR' };
    const events = [
      bought('a', '2026-03-01'),
      told('a', '2026-03-02', 'PurchaseRecorded', { touchpointId: 'q', amount }),
    ];
    expect(revenue(world(events, '2026-12-31'), YEAR, { by: null }, 'year')).toMatchObject({
      excluded: { purchases_in_other_currencies: 1 },
      items: [{ revenue: 1000, occasions: 2 }],
    });
  });

  // domain.md D14: days are those of the zone, also where midnight does not exist.
  it('counts days in the zone', () => {
    const events = [bought('a', '2026-01-01T02:00:00.000Z')];
    expect(
      revenue(world(events, '2026-12-31', { zone: 'America/Santiago' }), YEAR, { by: null }, 'year').items,
    ).toMatchObject([{ occasions: 0, revenue: 0 }]);
    const skipped = [
      bought('a', '2026-09-06T03:59:59.000Z', 'p'),
      bought('a', '2026-09-06T04:00:00.000Z', 'q'),
    ];
    const [customer] = world(skipped, '2026-12-31', { zone: 'America/Santiago' }).customers;
    expect(customer!.purchases.map(({ day }) => day)).toEqual(['2026-09-05', '2026-09-06']);
  });
});

describe('a cohort', () => {
  // domain.md D3: purchase on 2026-01-10, asked as of 2026-01-20.
  it('is shown in its unfinished month', () => {
    expect(cohorts(world([bought('a', '2026-01-10')], '2026-01-20'), YEAR).items).toMatchObject([
      { cohort: '2026-01', age: 0, size: 1, active: 1, complete: false },
    ]);
  });

  // growth.md G23: what is unfinished is averaged with nothing.
  it('is in the rows of all cohorts together only where it is complete', () => {
    const events = [bought('a', '2026-01-10'), bought('b', '2026-02-10'), bought('b', '2026-03-10')];
    const all = cohorts(world(events, '2026-03-15'), YEAR).items.filter(({ cohort }) => cohort === null);
    expect(all).toMatchObject([
      { age: 0, eligible: 2, active: 2, rate: 1 },
      { age: 1, eligible: 1, active: 0, rate: 0 },
    ]);
  });
});

describe('causes', () => {
  // domain.md D7: 100.00 a year, cancelled, is a loss of 10000.
  it('value the end of a contract at its yearly price', () => {
    const events = [
      told('a', '2026-01-01', 'SubscriptionStarted', {
        subscriptionId: 's',
        product: 'p',
        recurring: gbp(10_000),
        interval: 'year',
        startsOn: '2026-01-01',
      }),
      told('a', '2026-05-01', 'SubscriptionCancelled', {
        subscriptionId: 's',
        noticeOn: '2026-05-01',
        effectiveOn: '2026-06-01',
      }),
    ];
    expect(causes(world(events, '2026-05-31'), YEAR).items).toEqual([]);
    expect(causes(world(events, '2026-06-01'), YEAR).items).toMatchObject([
      { cause: 'unknown', count: 1, value: 10_000, shareOfValue: 1, undetermined: 1 },
    ]);
  });

  // analytics.md: one primary reason per loss, cumulative share, ties by name. 300 of 500 is .6.
  it('count a loss under the root cause attributed to it, the largest first', () => {
    const left = (customer: string, reason: string, minor: number) =>
      told(customer, '2026-05-01', 'CustomerDefected', {
        defectionId: customer,
        effectiveOn: '2026-05-01',
        reason,
        yearlyValue: gbp(minor),
      });
    const events = [
      left('a', 'price', 100),
      left('b', 'service', 100),
      left('c', 'unknown', 300),
      told('c', '2026-05-20', 'RootCauseAttributed', {
        defectionId: 'c',
        cause: 'late_delivery',
        controllable: true,
      }),
    ];
    expect(causes(world(events, '2026-12-31'), YEAR).items).toMatchObject([
      { cause: 'late_delivery', value: 300, cumulativeOfValue: 0.6, controllable: 1 },
      { cause: 'price', value: 100, cumulativeOfValue: 0.8, undetermined: 1 },
      { cause: 'service', value: 100, cumulativeOfValue: 1 },
    ]);
    expect(causes(world(events, '2026-05-10'), YEAR).items[0]).toMatchObject({ cause: 'unknown' });
  });
});
