import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CustomerEvent } from '#customers/events.js';
import { decide, evolve } from '#kernel';
import { given, NOW } from '#test/support/given.js';
import type { SubscriptionEvent } from './events.js';
import { subscription, type SubscriptionState } from './subscription.js';

const registered: CustomerEvent = {
  type: 'CustomerRegistered',
  data: { kind: 'person', relationship: 'customer' },
};
const gbp = (minor: number) => ({ minor, currency: 'GBP' });
const start = {
  subscriptionId: 's',
  product: 'broadband',
  recurring: gbp(3000),
  interval: 'month',
  startsOn: '2026-01-01',
  paidUntil: '2026-01-31',
} as const;
const started: SubscriptionEvent = { type: 'SubscriptionStarted', data: start };
const cancel = { subscriptionId: 's', noticeOn: '2026-02-10', effectiveOn: '2026-03-01', reason: 'price' };
const cancelled: SubscriptionEvent = { type: 'SubscriptionCancelled', data: cancel };

const toFibre = (effectiveOn: string) =>
  ({ type: 'ChangeSubscription', data: { subscriptionId: 's', effectiveOn, plan: 'fibre' } }) as const;

describe('a subscription', () => {
  it('is started by a registered customer', () => {
    given(subscription, registered).when({ type: 'StartSubscription', data: start }).then(started);
    given(subscription).when({ type: 'StartSubscription', data: start }).isRefused('customer.not_found');
  });

  it('is started with a term that ends after it starts', () => {
    given(subscription, registered)
      .when({ type: 'StartSubscription', data: { ...start, paidUntil: '2025-12-31' } })
      .isRefused('subscription.paid_before_start');
  });
});

describe('a renewal', () => {
  const renew = (renewedOn: string, paidUntil: string) =>
    ({ type: 'RenewSubscription', data: { subscriptionId: 's', renewedOn, paidUntil } }) as const;
  const renewed = (renewedOn: string, paidUntil: string): SubscriptionEvent => ({
    type: 'SubscriptionRenewed',
    data: { subscriptionId: 's', renewedOn, paidUntil },
  });

  it('is for a later term than the one that is paid', () => {
    given(subscription, registered, started)
      .when(renew('2026-01-31', '2026-02-28'))
      .then(renewed('2026-01-31', '2026-02-28'));
    given(subscription, registered, started)
      .when(renew('2026-01-31', '2026-01-15'))
      .isRefused('subscription.too_early');
    given(subscription, registered, started)
      .when(renew('2025-12-31', '2026-02-28'))
      .isRefused('subscription.too_early');
  });

  it('that arrives after a later one is recorded, and the later one stands', () => {
    const late = given(subscription, registered, started, renewed('2026-02-28', '2026-03-31'));
    late.when(renew('2026-01-31', '2026-02-28')).then(renewed('2026-01-31', '2026-02-28'));
    given(
      subscription,
      registered,
      started,
      renewed('2026-02-28', '2026-03-31'),
      renewed('2026-01-31', '2026-02-28'),
    )
      .when(renew('2026-03-31', '2026-03-15'))
      .isRefused('subscription.too_early');
  });

  it('is another one where its day is another', () => {
    given(subscription, registered, started, renewed('2026-01-31', '2026-02-28'))
      .when(renew('2026-02-03', '2026-02-28'))
      .then(renewed('2026-02-03', '2026-02-28'));
    given(subscription, registered, started, renewed('2026-01-31', '2026-02-28'))
      .when(renew('2026-01-31', '2026-02-28'))
      .then();
  });

  it('is corrected by another one on its day', () => {
    given(subscription, registered, started, renewed('2026-01-31', '2027-02-28'))
      .when(renew('2026-01-31', '2026-02-28'))
      .then(renewed('2026-01-31', '2026-02-28'));
  });

  it('does not reach beyond the end that notice was given for', () => {
    given(subscription, registered, started, cancelled)
      .when(renew('2026-02-05', '2026-02-28'))
      .decides('SubscriptionRenewed');
    given(subscription, registered, started, cancelled)
      .when(renew('2026-02-11', '2026-03-31'))
      .isRefused('subscription.cancelled');
    given(subscription, registered, started, cancelled)
      .when(renew('2026-03-01', '2026-03-31'))
      .isRefused('subscription.cancelled');
  });
});

describe('a change', () => {
  const change = (effectiveOn: string, change: { recurring?: typeof start.recurring; plan?: string }) =>
    ({ type: 'ChangeSubscription', data: { subscriptionId: 's', effectiveOn, ...change } }) as const;
  const changed = (effectiveOn: string, minor: number): SubscriptionEvent => ({
    type: 'SubscriptionChanged',
    data: { subscriptionId: 's', effectiveOn, recurring: gbp(minor) },
  });

  it('is of the price, in its own currency, or of the plan', () => {
    given(subscription, registered, started)
      .when(change('2026-02-01', { recurring: gbp(3500) }))
      .then(changed('2026-02-01', 3500));
    given(subscription, registered, started)
      .when(change('2026-02-01', { recurring: gbp(3000) }))
      .then();
    given(subscription, registered, started)
      .when(change('2026-02-01', { recurring: gbp(3000), plan: 'fibre' }))
      .decides('SubscriptionChanged');
    given(subscription, registered, started)
      .when(change('2026-02-01', { recurring: { minor: 1, currency: 'EUR' } }))
      .isRefused('subscription.currency');
    given(subscription, registered, started)
      .when(change('2025-12-31', { recurring: gbp(3500) }))
      .isRefused('subscription.too_early');
  });

  it('is compared with what is in force on its day, not with the last one recorded', () => {
    given(subscription, registered, started, changed('2026-06-01', 2000), changed('2026-03-01', 1500))
      .when(change('2026-09-01', { recurring: gbp(1500) }))
      .then(changed('2026-09-01', 1500));
  });

  it('is possible until the subscription ends', () => {
    given(subscription, registered, started, cancelled)
      .when(change('2026-02-28', { recurring: gbp(3500) }))
      .decides('SubscriptionChanged');
    given(subscription, registered, started, cancelled)
      .when(change('2026-03-01', { recurring: gbp(3500) }))
      .isRefused('subscription.cancelled');
  });

  it('makes the price from its day on what it says, and no other day another', () => {
    const days = Array.from({ length: 28 }, (_, at) => `2026-01-${String(at + 1).padStart(2, '0')}`);
    const price = fc.constantFrom(1000, 1500, 2000);
    const asked = fc.array(fc.tuple(fc.integer({ min: 0, max: 27 }), price), { maxLength: 30 });
    fc.assert(
      fc.property(asked, (changes) => {
        const prices = days.map(() => start.recurring.minor as number);
        const entries = new Set([0]);
        let state = [registered, started].reduce<SubscriptionState>(
          (before, event) => evolve(subscription, before, event, NOW),
          subscription.initialState,
        );
        const recorded: (readonly [day: string, minor: number])[] = [[days[0]!, start.recurring.minor]];
        for (const [from, minor] of changes) {
          if (prices[from] !== minor) {
            const next = days.findIndex((_, at) => at > from && entries.has(at));
            prices.fill(minor, from, next === -1 ? days.length : next);
            entries.add(from);
          }
          const command = change(days[from]!, { recurring: gbp(minor) });
          for (const event of decide(subscription, command, state, NOW)) {
            state = evolve(subscription, state, event, NOW);
            recorded.push([days[from]!, minor]);
          }
        }
        const priceOn = (day: string): number => {
          const latest = recorded.map(([from]) => from).filter((from) => from <= day).sort().at(-1); // prettier-ignore
          return recorded.findLast(([from]) => from === latest)![1];
        };
        expect(days.map(priceOn)).toEqual(prices);
      }),
    );
  });
});

describe('a cancellation', () => {
  const cancelling = (change: Partial<typeof cancel>) =>
    ({ type: 'CancelSubscription', data: { ...cancel, ...change } }) as const;

  it('ends a subscription that runs', () => {
    given(subscription, registered, started)
      .when({ type: 'CancelSubscription', data: cancel })
      .then(cancelled);
    given(subscription, registered)
      .when({ type: 'CancelSubscription', data: cancel })
      .isRefused('subscription.not_found');
    given(subscription, registered, started)
      .when(cancelling({ noticeOn: '2025-12-01', effectiveOn: '2025-12-31' }))
      .isRefused('subscription.too_early');
    given(subscription, registered, started)
      .when(cancelling({ noticeOn: '2026-03-02' }))
      .isRefused('subscription.notice_after_end');
  });

  it('is moved and corrected by another one', () => {
    const again = given(subscription, registered, started, cancelled);
    again.when(cancelling({})).then();
    for (const change of [
      { effectiveOn: '2026-04-01' },
      { noticeOn: '2026-02-11' },
      { reason: 'moved_house' },
    ])
      again.when(cancelling(change)).then({ type: 'SubscriptionCancelled', data: { ...cancel, ...change } });
  });

  it('is given its reason later, and keeps it where none is given', () => {
    const { reason: _unsaid, ...silent } = cancel;
    const unexplained: SubscriptionEvent = { type: 'SubscriptionCancelled', data: silent };
    given(subscription, registered, started, unexplained)
      .when({ type: 'CancelSubscription', data: cancel })
      .then(cancelled);
    given(subscription, registered, started, cancelled)
      .when({ type: 'CancelSubscription', data: silent })
      .then();
  });
});

describe('a cancellation that is withdrawn', () => {
  const withdraw = (withdrawnOn: string) =>
    ({ type: 'WithdrawCancellation', data: { subscriptionId: 's', withdrawnOn } }) as const;
  const withdrawn: SubscriptionEvent = {
    type: 'CancellationWithdrawn',
    data: { subscriptionId: 's', withdrawnOn: '2026-02-20' },
  };
  const history = given(subscription, registered, started, cancelled);

  it('was given, and has not ended the subscription yet', () => {
    history.when(withdraw('2026-02-20')).then(withdrawn);
    history.when(withdraw('2026-02-10')).decides('CancellationWithdrawn');
    history.when(withdraw('2026-02-09')).isRefused('subscription.too_early');
    history.when(withdraw('2026-03-01')).isRefused('subscription.cancelled');
    given(subscription, registered, started).when(withdraw('2026-02-20')).then();
    given(subscription, registered).when(withdraw('2026-02-20')).isRefused('subscription.not_found');
  });

  it('leaves a subscription that is renewed, changed and cancelled as any other', () => {
    const goesOn = given(subscription, registered, started, cancelled, withdrawn);
    goesOn.when(toFibre('2026-03-01')).decides('SubscriptionChanged');
    goesOn.when({ type: 'CancelSubscription', data: cancel }).decides('SubscriptionCancelled');
  });
});

describe('a subscription that is retracted', () => {
  const retract = { type: 'RetractSubscription', data: { subscriptionId: 's', reason: 'typo' } } as const;
  const retracted: SubscriptionEvent = { type: 'SubscriptionRetracted', data: retract.data };

  it('is retracted once, cancelled or not', () => {
    given(subscription, registered, started).when(retract).then(retracted);
    given(subscription, registered, started, cancelled).when(retract).then(retracted);
    given(subscription, registered, started, retracted).when(retract).then();
    given(subscription, registered).when(retract).isRefused('subscription.not_found');
  });

  it('is neither renewed, changed nor cancelled', () => {
    const gone = given(subscription, registered, started, retracted);
    gone.when({ type: 'CancelSubscription', data: cancel }).isRefused('subscription.retracted');
    gone.when(toFibre('2026-02-01')).isRefused('subscription.retracted');
  });
});

describe('a subscription of an erased customer', () => {
  const erased: CustomerEvent = { type: 'CustomerErased', data: { reason: 'request' } };
  const bound = given(subscription, registered, started, erased);

  it('is renewed and cancelled, and nothing else', () => {
    bound
      .when({
        type: 'RenewSubscription',
        data: { subscriptionId: 's', renewedOn: '2026-01-31', paidUntil: '2026-02-28' },
      })
      .decides('SubscriptionRenewed');
    bound.when({ type: 'CancelSubscription', data: cancel }).then(cancelled);
    bound.when(toFibre('2026-02-01')).isRefused('customer.erased');
    bound
      .when({ type: 'WithdrawCancellation', data: { subscriptionId: 's', withdrawnOn: '2026-02-20' } })
      .isRefused('customer.erased');
    bound
      .when({ type: 'RetractSubscription', data: { subscriptionId: 's', reason: 'typo' } })
      .isRefused('customer.erased');
    bound
      .when({ type: 'StartSubscription', data: { ...start, subscriptionId: 't' } })
      .isRefused('customer.erased');
    bound
      .when({ type: 'CancelSubscription', data: { ...cancel, subscriptionId: 't' } })
      .isRefused('customer.erased');
  });
});
