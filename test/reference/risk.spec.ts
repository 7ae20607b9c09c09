/** Customers at risk, and the lifecycle, in examples of which each says where it comes from. */
import { describe, expect, it } from '@jest/globals';
import { atRisk } from './at-risk.js';
import { bought, gbp, told, world } from './example.js';
import { lifecycle } from './lifecycle.js';

const contract = (endsOn: string) => [
  told('a', '2026-01-01', 'SubscriptionStarted', {
    subscriptionId: 's',
    product: 'p',
    recurring: gbp(90_000),
    interval: 'month',
    startsOn: '2026-01-01',
  }),
  told('a', '2026-05-10', 'SubscriptionCancelled', {
    subscriptionId: 's',
    noticeOn: '2026-05-10',
    effectiveOn: endsOn,
  }),
];
const defection = told('a', '2026-05-20', 'CustomerDefected', {
  defectionId: 'd',
  effectiveOn: '2026-06-10',
  reason: 'price',
});
const winBack = (at: string) =>
  told('a', at, 'CustomerWonBack', { defectionId: 'd', returnedOn: '2026-09-01' });

describe('at risk', () => {
  // domain.md D9: a contract of £900 a month with notice given, and a £1 purchase last week.
  it('is a customer whose contract ends, though it bought last week', () => {
    const seen = world([...contract('2026-07-01'), bought('a', '2026-06-08', 'p', 100)], '2026-06-15');
    expect(atRisk(seen).items).toEqual([
      {
        customerId: 'a',
        group: null,
        since: '2026-05-10',
        lostFrom: '2026-12-05', // 180 days after the purchase
        value: 12 * 90_000 + 100,
        reasons: [{ reason: 'contract_ends', since: '2026-05-10', on: '2026-07-01', subscriptionId: 's' }],
      },
    ]);
  });

  // domain.md D9: who was at risk on a past day can be asked.
  it('is nobody before the notice', () => {
    expect(atRisk(world(contract('2026-07-01'), '2026-05-09')).items).toEqual([]);
  });

  // domain.md D9: an announced pause is a defection with a win-back recorded after it.
  it('is a customer that announced a pause', () => {
    expect(
      atRisk(world([bought('a', '2026-05-01'), defection, winBack('2026-05-21')], '2026-06-01')).items,
    ).toMatchObject([
      { lostFrom: '2026-06-10', reasons: [{ reason: 'defection_announced', since: '2026-05-20' }] },
    ]);
  });

  // The built-in definition: at risk 90 days after the last purchase, lost after 180. 2026-01-01 + 90 days is 2026-04-01.
  it('is a customer that has been silent for 90 days, until it counts as lost', () => {
    const on = (day: string) => atRisk(world([bought('a', '2026-01-01')], day)).items;
    expect(on('2026-03-31')).toEqual([]);
    expect(on('2026-04-01')).toMatchObject([
      { since: '2026-04-01', lostFrom: '2026-06-30', reasons: [{ reason: 'inactive_for_days', days: 90 }] },
    ]);
    expect(on('2026-06-29')).toHaveLength(1);
    expect(on('2026-06-30')).toEqual([]);
  });

  // domain.md D9: the summary counted erased customers, and the list did not.
  it('counts an erased customer as left out', () => {
    const events = [
      bought('a', '2026-01-01'),
      told('a', '2026-02-01', 'CustomerErased', { reason: 'request' }),
    ];
    expect(atRisk(world(events, '2026-04-01'))).toMatchObject({ n: 0, excluded: { erased: 1 }, items: [] });
  });
});

describe('the lifecycle', () => {
  // product.md, "Vocabulary": prospect → active → at_risk → churned → won_back, derived from events; domain.md D10.
  it('goes from prospect to won back, each since a day and for a reason', () => {
    const events = [
      told('a', '2025-12-01', 'CustomerRegistered', { kind: 'person', relationship: 'prospect' }),
      bought('a', '2026-01-01'),
      bought('a', '2026-08-01'),
    ];
    const on = (day: string) => {
      const { state, since, why } = lifecycle(world(events, day)).items[0]!;
      return [state, since, why];
    };
    expect(on('2025-12-31')).toEqual(['prospect', '2025-12-01', 'nothing_yet']);
    expect(on('2026-01-01')).toEqual(['active', '2026-01-01', 'purchase']);
    expect(on('2026-04-01')).toEqual(['at_risk', '2026-04-01', 'inactive_for_days']);
    expect(on('2026-07-15')).toEqual(['churned', '2026-06-30', 'inactive']);
    expect(on('2026-08-02')).toEqual(['won_back', '2026-08-01', 'purchase']);
  });

  it('tells a declared loss and a declared return from others', () => {
    const events = [bought('a', '2026-05-01'), defection, winBack('2026-07-01')];
    expect(lifecycle(world(events, '2026-06-30')).items[0]).toMatchObject({
      state: 'churned',
      since: '2026-06-10',
      why: 'defection',
    });
    expect(lifecycle(world(events, '2026-09-05')).items[0]).toMatchObject({
      state: 'won_back',
      since: '2026-09-01',
      why: 'return_declared',
    });
  });
});
