/**
 * The rules of subscriptions: one is started once, and renewed and changed while it runs. What is so already is judged on
 * the day that a command is for. A cancellation that comes again moves or corrects the first, and it can be withdrawn until the
 * end. A subscription that never was, or was started wrongly, is retracted. A contract binds an erased
 * customer too, so it can still be renewed and cancelled.
 */
import { DomainError, entered, inForce, type Decider, type History } from '#kernel';
import { mustStand, standingRules, UNKNOWN, type Standing, type StandingEvent } from '#customers/events.js';
import type { SubscriptionEvent } from './events.js';

type Named<K extends SubscriptionEvent['type']> = Extract<SubscriptionEvent, { type: K }>;
type Cancellation = Omit<Named<'SubscriptionCancelled'>['data'], 'subscriptionId'>;

export type SubscriptionCommand =
  | { readonly type: 'StartSubscription'; readonly data: Named<'SubscriptionStarted'>['data'] }
  | { readonly type: 'RenewSubscription'; readonly data: Named<'SubscriptionRenewed'>['data'] }
  | { readonly type: 'ChangeSubscription'; readonly data: Named<'SubscriptionChanged'>['data'] }
  | { readonly type: 'CancelSubscription'; readonly data: Named<'SubscriptionCancelled'>['data'] }
  | { readonly type: 'WithdrawCancellation'; readonly data: Named<'CancellationWithdrawn'>['data'] }
  | { readonly type: 'RetractSubscription'; readonly data: Named<'SubscriptionRetracted'>['data'] };

interface Subscription {
  readonly startsOn: string;
  readonly currency: string;
  /** Minor units an interval, by the day from which they are paid. */
  readonly prices: History<number>;
  readonly plans: History<string>;
  /** Last paid day, by the day on which it was paid. */
  readonly paidUntil: History<string>;
  readonly cancellation: Cancellation | null;
  readonly retracted: boolean;
}

export interface SubscriptionState {
  readonly standing: Standing;
  readonly subscriptions: Readonly<Record<string, Subscription>>;
}

export const subscription: Decider<
  SubscriptionState,
  SubscriptionCommand,
  SubscriptionEvent,
  SubscriptionEvent | StandingEvent
> = {
  name: 'subscription',
  initialState: { standing: UNKNOWN, subscriptions: {} },

  decide: {
    StartSubscription({ data }, { standing, subscriptions }) {
      mustStand(standing);
      const { recurring, startsOn, paidUntil } = data;
      if (recurring.minor < 0)
        throw invalid('negative', 'recurring', 'What is paid is not negative. Send 0 or more.');
      if (paidUntil !== undefined && paidUntil < startsOn)
        throw invalid(
          'paid_before_start',
          'paidUntil',
          'paidUntil is before startsOn. Send the last paid day of the first term, or leave it out.',
        );
      return subscriptions[data.subscriptionId] ? [] : [{ type: 'SubscriptionStarted', data }];
    },

    RenewSubscription({ data }, state) {
      const { startsOn, paidUntil, cancellation } = bound(state, data.subscriptionId);
      mustRun(cancellation, data.renewedOn, data.paidUntil);
      notBefore('renewedOn', data.renewedOn, startsOn, 'the subscription starts');
      const onItsDay = paidUntil.findLast(([renewedOn]) => renewedOn === data.renewedOn);
      if (onItsDay?.[1] === data.paidUntil) return [];
      const others = paidUntil.filter(([renewedOn]) => renewedOn !== data.renewedOn);
      const paid = inForce(others, data.renewedOn) ?? startsOn;
      notBefore('paidUntil', data.paidUntil, paid, 'the term that is paid already ends');
      return [{ type: 'SubscriptionRenewed', data }];
    },

    ChangeSubscription({ data }, state) {
      mustStand(state.standing);
      const { startsOn, currency, prices, plans, cancellation } = known(state, data.subscriptionId);
      const { effectiveOn, recurring, plan } = data;
      mustRun(cancellation, effectiveOn);
      notBefore('effectiveOn', effectiveOn, startsOn, 'the subscription starts');
      if (recurring !== undefined && recurring.currency !== currency) {
        throw new DomainError(
          'subscription.currency',
          `This subscription is paid in ${currency}. Cancel it and start another.`,
          'rule',
          { field: 'recurring' },
        );
      }
      const isSoAlready =
        (recurring === undefined || inForce(prices, effectiveOn) === recurring.minor) &&
        (plan === undefined || inForce(plans, effectiveOn) === plan);
      return isSoAlready ? [] : [{ type: 'SubscriptionChanged', data }];
    },

    CancelSubscription({ data }, state) {
      const { startsOn, cancellation } = bound(state, data.subscriptionId);
      if (data.noticeOn > data.effectiveOn)
        throw invalid(
          'notice_after_end',
          'noticeOn',
          'noticeOn is after effectiveOn. Send the day on which notice was given, or a later end.',
        );
      notBefore('effectiveOn', data.effectiveOn, startsOn, 'the subscription starts');
      const isSoAlready =
        cancellation?.noticeOn === data.noticeOn &&
        cancellation.effectiveOn === data.effectiveOn &&
        (data.reason === undefined || cancellation.reason === data.reason);
      return isSoAlready ? [] : [{ type: 'SubscriptionCancelled', data }];
    },

    WithdrawCancellation({ data }, state) {
      mustStand(state.standing);
      const { cancellation } = known(state, data.subscriptionId);
      if (cancellation === null) return [];
      const { noticeOn, effectiveOn } = cancellation;
      notBefore('withdrawnOn', data.withdrawnOn, noticeOn, 'notice was given');
      if (data.withdrawnOn >= effectiveOn)
        throw new DomainError(
          'subscription.cancelled',
          `This subscription ended on ${effectiveOn}. Start another; or, where it did not end, send the day of the notice as withdrawnOn.`,
          'rule',
          { field: 'withdrawnOn' },
        );
      return [{ type: 'CancellationWithdrawn', data }];
    },

    RetractSubscription({ data }, state) {
      mustStand(state.standing);
      if (state.subscriptions[data.subscriptionId]?.retracted) return [];
      known(state, data.subscriptionId);
      return [{ type: 'SubscriptionRetracted', data }];
    },
  },

  evolve: {
    ...standingRules,
    SubscriptionStarted: (state, { subscriptionId, startsOn, paidUntil, recurring, plan }) =>
      withOne(state, subscriptionId, {
        startsOn,
        currency: recurring.currency,
        prices: [[startsOn, recurring.minor]],
        plans: plan === undefined ? [] : [[startsOn, plan]],
        paidUntil: paidUntil === undefined ? [] : [[startsOn, paidUntil]],
        cancellation: null,
        retracted: false,
      }),
    SubscriptionRenewed: (state, { subscriptionId, renewedOn, paidUntil }) =>
      change(state, subscriptionId, (before) => ({
        paidUntil: entered(before.paidUntil, renewedOn, paidUntil),
      })),
    SubscriptionChanged: (state, { subscriptionId, effectiveOn, recurring, plan }) =>
      change(state, subscriptionId, ({ prices, plans }) => ({
        prices: recurring === undefined ? prices : entered(prices, effectiveOn, recurring.minor),
        plans: plan === undefined ? plans : entered(plans, effectiveOn, plan),
      })),
    SubscriptionCancelled: (state, { subscriptionId, ...cancellation }) =>
      change(state, subscriptionId, (before) => ({
        cancellation: { ...before.cancellation, ...cancellation },
      })),
    CancellationWithdrawn: (state, { subscriptionId }) =>
      change(state, subscriptionId, () => ({ cancellation: null })),
    SubscriptionRetracted: (state, { subscriptionId }) =>
      change(state, subscriptionId, () => ({ retracted: true })),
  },
};

/** A subscription that binds the customer, erased or not. */
function bound(state: SubscriptionState, subscriptionId: string): Subscription {
  const { standing, subscriptions } = state;
  if (standing.is !== 'erased' || subscriptions[subscriptionId] === undefined) mustStand(standing);
  return known(state, subscriptionId);
}

function known({ subscriptions }: SubscriptionState, subscriptionId: string): Subscription {
  const found = subscriptions[subscriptionId];
  if (!found)
    throw new DomainError('subscription.not_found', 'This customer has no such subscription.', 'not_found');
  if (found.retracted)
    throw new DomainError('subscription.retracted', 'This subscription was retracted. Start it anew.');
  return found;
}

/** It has not ended on the day; and what was paid since notice was given is not for a time after the end. */
function mustRun(cancellation: Cancellation | null, day: string, paidUntil = day): void {
  if (cancellation === null) return;
  const { noticeOn, effectiveOn } = cancellation;
  if (day < effectiveOn && (day < noticeOn || paidUntil < effectiveOn)) return;
  throw new DomainError(
    'subscription.cancelled',
    `This subscription ends on ${effectiveOn}. Start another; or withdraw the cancellation, or cancel for a later day.`,
  );
}

function notBefore(field: string, day: string, earliest: string, what: string): void {
  if (day >= earliest) return;
  throw new DomainError(
    'subscription.too_early',
    `${field} is before ${earliest}, when ${what}. Send that day or a later one.`,
    'rule',
    { field },
  );
}

const invalid = (problem: string, field: string, message: string): DomainError =>
  new DomainError(`subscription.${problem}`, message, 'invalid', { field });

const withOne = (state: SubscriptionState, id: string, one: Subscription): SubscriptionState => ({
  ...state,
  subscriptions: { ...state.subscriptions, [id]: one },
});

function change(
  state: SubscriptionState,
  id: string,
  fields: (before: Subscription) => Partial<Subscription>,
): SubscriptionState {
  const before = state.subscriptions[id];
  return before ? withOne(state, id, { ...before, ...fields(before) }) : state;
}
