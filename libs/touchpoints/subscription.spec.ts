import { describe, it } from '@jest/globals';
import type { CustomerEvent } from '#customers/events.js';
import { given } from '#test/support/given.js';
import type { SubscriptionEvent } from './events.js';
import { subscription } from './subscription.js';

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

describe('a subscription', () => {
  it('is started by a registered customer', () => {
    given(subscription, registered).when({ type: 'StartSubscription', data: start }).then(started);
    given(subscription).when({ type: 'StartSubscription', data: start }).isRefused('customer.not_found');
  });

  it('is renewed for a later term', () => {
    const data = { subscriptionId: 's', renewedOn: '2026-01-31', paidUntil: '2026-02-28' };
    given(subscription, registered, started)
      .when({ type: 'RenewSubscription', data })
      .then({ type: 'SubscriptionRenewed', data });
    given(subscription, registered, started)
      .when({ type: 'RenewSubscription', data: { ...data, paidUntil: '2026-01-15' } })
      .isRefused('subscription.too_early');
  });

  it('is changed in its price and its plan, in its own currency', () => {
    const data = { subscriptionId: 's', effectiveOn: '2026-02-01', recurring: gbp(3500) };
    given(subscription, registered, started)
      .when({ type: 'ChangeSubscription', data })
      .then({ type: 'SubscriptionChanged', data });
    given(subscription, registered, started)
      .when({ type: 'ChangeSubscription', data: { ...data, recurring: gbp(3000) } })
      .then();
    given(subscription, registered, started)
      .when({ type: 'ChangeSubscription', data: { ...data, recurring: { minor: 1, currency: 'EUR' } } })
      .isRefused('subscription.currency');
  });

  it('is cancelled once, and then neither renewed nor changed', () => {
    given(subscription, registered, started)
      .when({ type: 'CancelSubscription', data: cancel })
      .then(cancelled);
    given(subscription, registered, started, cancelled)
      .when({ type: 'CancelSubscription', data: { ...cancel, effectiveOn: '2026-04-01' } })
      .isRefused('subscription.cancelled');
    given(subscription, registered, started, cancelled)
      .when({
        type: 'RenewSubscription',
        data: { subscriptionId: 's', renewedOn: '2026-02-01', paidUntil: '2026-03-31' },
      })
      .isRefused('subscription.cancelled');
    given(subscription, registered)
      .when({ type: 'CancelSubscription', data: cancel })
      .isRefused('subscription.not_found');
  });
});
