/** Retention, presence and groups, in examples of which each says where it comes from. */
import { describe, expect, it } from '@jest/globals';
import { bought, gbp, told, world } from './example.js';
import { retention } from './retention.js';

const JUNE = { start: '2026-06-01', end: '2026-07-01' };
const rowOf = (...args: Parameters<typeof retention>) => retention(...args).items[0];

describe('retention', () => {
  // analytics.md, "Retention and churn": S 500, joined and still there 100, E 550 → 90 %; here a hundredth part of it.
  it('is S ∩ E over S, though others joined in the window', () => {
    const events = [
      ...['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((name) => bought(name, '2026-05-01')),
      bought('lost', '2025-12-10'), // 180 days later is 8 June
      bought('new 1', '2026-06-10'),
      bought('new 2', '2026-06-11'),
    ];
    expect(rowOf(world(events, '2026-07-31'), [JUNE])).toMatchObject({
      customersAtStart: 10,
      customersAtEnd: 11,
      kept: 9,
      lost: 1,
      new: 2,
      returning: 0,
      retentionRate: 0.9,
      churnRate: 0.1,
      complete: true,
    });
  });

  // analytics.md, rules for every answer: a zero denominator gives null.
  it('is null where nobody was there at the start', () => {
    expect(rowOf(world([bought('a', '2026-06-10')], '2026-07-31'), [JUNE])).toMatchObject({
      customersAtStart: 0,
      retentionRate: null,
      new: 1,
    });
  });

  // domain.md D13: the first purchase on the 1st is new in that month, and a month is complete on its last day.
  it('counts a first purchase on the 1st in the month that begins with it', () => {
    const seen = world([bought('a', '2026-06-01T00:00:00.000Z')], '2026-06-30');
    const may = { start: '2026-05-01', end: '2026-06-01' };
    expect(retention(seen, [may, JUNE]).items).toMatchObject([{ new: 0 }, { new: 1, complete: true }]);
  });

  // domain.md D16: a subscription inside one month.
  it('shows a customer that came and left within the window', () => {
    const data = { subscriptionId: 's', product: 'p', recurring: gbp(1000), interval: 'month' as const };
    const events = [
      told('a', '2026-06-05', 'SubscriptionStarted', { ...data, startsOn: '2026-06-05' }),
      told('a', '2026-06-10', 'SubscriptionCancelled', {
        subscriptionId: 's',
        noticeOn: '2026-06-10',
        effectiveOn: '2026-06-20',
      }),
    ];
    expect(rowOf(world(events, '2026-07-31'), [JUNE])).toMatchObject({
      new: 0,
      lost: 0,
      cameAndLeft: 1,
    });
  });

  // domain.md D8: a purchase on the day of the defection came before it.
  it('does not take a purchase on the day of the defection for a return', () => {
    const events = [
      bought('a', '2026-05-10'),
      bought('a', '2026-06-10', 'last'),
      told('a', '2026-06-10', 'CustomerDefected', {
        defectionId: 'd',
        effectiveOn: '2026-06-10',
        reason: 'price',
      }),
    ];
    expect(rowOf(world(events, '2026-07-31'), [JUNE])).toMatchObject({ kept: 0, lost: 1 });
  });

  // analytics.md: as of a day, only what was taken back by then is taken back.
  it('counts a purchase until the day on which it is wholly taken back', () => {
    const events = [
      bought('a', '2026-05-10', 'p'),
      told('a', '2026-07-10', 'PurchaseRefunded', {
        touchpointId: 'r',
        purchaseId: 'p',
        amount: gbp(1000),
      }),
    ];
    expect(rowOf(world(events, '2026-07-09'), [JUNE])).toMatchObject({ customersAtStart: 1 });
    expect(rowOf(world(events, '2026-07-10'), [JUNE])).toMatchObject({ customersAtStart: 0 });
  });

  // domain.md D4 and D2: by what it belonged to at the start; the later fact counts, whenever it was recorded.
  it('groups by the membership of the start of the window, and by the present one on request', () => {
    const events = [
      bought('a', '2026-05-10'),
      told('a', '2026-06-15', 'MarketSegmentAssigned', { segment: 'gold' }),
      told('a', '2026-03-01', 'MarketSegmentAssigned', { segment: 'bronze' }),
    ];
    const seen = world(events, '2026-07-31');
    expect(retention(seen, [JUNE], { by: 'segment' })).toMatchObject({
      grouped: 'start_of_window',
      items: [{ group: 'bronze', kept: 1 }],
    });
    expect(retention(seen, [JUNE], { by: 'segment', membership: 'now' })).toMatchObject({
      grouped: 'now',
      items: [{ group: 'gold', kept: 1 }],
    });
  });

  // analytics.md: erased customers stay in denominators.
  it('keeps an erased customer in the denominators', () => {
    const events = [
      bought('a', '2026-05-10'),
      told('a', '2026-05-20', 'CustomerErased', { reason: 'request' }),
    ];
    expect(rowOf(world(events, '2026-07-31'), [JUNE])).toMatchObject({ customersAtStart: 1, kept: 1 });
  });

  // domain.md D7: twelve customers at 100.00 a year pay 100.00 a month, not 99.96.
  it('divides yearly prices once, when they are shown', () => {
    const events = Array.from({ length: 12 }, (_, number) =>
      told(`${number}`, '2026-01-01', 'SubscriptionStarted', {
        subscriptionId: `${number}`,
        product: 'p',
        recurring: gbp(10_000),
        interval: 'year',
        startsOn: '2026-01-01',
      }),
    );
    expect(rowOf(world(events, '2026-07-31'), [JUNE])).toMatchObject({
      recurring: { open: 10_000, lost: 0, gross: 1, net: 1 },
    });
  });
});
