/** The rules of subscriptions: one is started once, and renewed, changed or cancelled while it runs. */
import { DomainError, type Decider } from '#kernel';
import { mustStand, standingRules, UNKNOWN, type Standing, type StandingEvent } from '#customers/events.js';
import type { SubscriptionEvent } from './events.js';

type Named<K extends SubscriptionEvent['type']> = Extract<SubscriptionEvent, { type: K }>;

export type SubscriptionCommand =
  | { readonly type: 'StartSubscription'; readonly data: Named<'SubscriptionStarted'>['data'] }
  | { readonly type: 'RenewSubscription'; readonly data: Named<'SubscriptionRenewed'>['data'] }
  | { readonly type: 'ChangeSubscription'; readonly data: Named<'SubscriptionChanged'>['data'] }
  | { readonly type: 'CancelSubscription'; readonly data: Named<'SubscriptionCancelled'>['data'] };

interface Running {
  readonly startsOn: string;
  readonly paidUntil: string | undefined;
  readonly recurring: { readonly minor: number; readonly currency: string };
  readonly plan: string | undefined;
  /** First day without it. */
  readonly endsOn: string | null;
}

export interface SubscriptionState {
  readonly standing: Standing;
  readonly subscriptions: Readonly<Record<string, Running>>;
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
      if (data.recurring.minor < 0)
        throw new DomainError('subscription.negative', 'What is paid is not negative.', 'invalid');
      return subscriptions[data.subscriptionId] ? [] : [{ type: 'SubscriptionStarted', data }];
    },

    RenewSubscription({ data }, state) {
      const { startsOn, paidUntil } = running(state, data.subscriptionId);
      if (paidUntil === data.paidUntil) return [];
      notBefore('paidUntil', data.paidUntil, paidUntil ?? startsOn);
      return [{ type: 'SubscriptionRenewed', data }];
    },

    ChangeSubscription({ data }, state) {
      const { startsOn, recurring, plan } = running(state, data.subscriptionId);
      notBefore('effectiveOn', data.effectiveOn, startsOn);
      if (data.recurring !== undefined && data.recurring.currency !== recurring.currency) {
        throw new DomainError(
          'subscription.currency',
          `This subscription is paid in ${recurring.currency}. Cancel it and start another.`,
        );
      }
      const same =
        (data.recurring?.minor ?? recurring.minor) === recurring.minor && (data.plan ?? plan) === plan;
      return same ? [] : [{ type: 'SubscriptionChanged', data }];
    },

    CancelSubscription({ data }, state) {
      mustStand(state.standing);
      if (state.subscriptions[data.subscriptionId]?.endsOn === data.effectiveOn) return [];
      const { startsOn } = running(state, data.subscriptionId);
      notBefore('effectiveOn', data.effectiveOn, startsOn);
      return [{ type: 'SubscriptionCancelled', data }];
    },
  },

  evolve: {
    ...standingRules,
    SubscriptionStarted: (state, { subscriptionId, startsOn, paidUntil, recurring, plan }) =>
      withOne(state, subscriptionId, { startsOn, paidUntil, recurring, plan, endsOn: null }),
    SubscriptionRenewed: (state, { subscriptionId, paidUntil }) =>
      change(state, subscriptionId, { paidUntil }),
    SubscriptionChanged: (state, { subscriptionId, recurring, plan }) =>
      change(state, subscriptionId, { ...(recurring && { recurring }), ...(plan !== undefined && { plan }) }),
    SubscriptionCancelled: (state, { subscriptionId, effectiveOn }) =>
      change(state, subscriptionId, { endsOn: effectiveOn }),
  },
};

function running({ standing, subscriptions }: SubscriptionState, subscriptionId: string): Running {
  mustStand(standing);
  const found = subscriptions[subscriptionId];
  if (!found)
    throw new DomainError('subscription.not_found', 'This customer has no such subscription.', 'not_found');
  if (found.endsOn !== null) {
    throw new DomainError(
      'subscription.cancelled',
      `This subscription ends on ${found.endsOn}. Start another.`,
    );
  }
  return found;
}

function notBefore(field: string, day: string, earliest: string): void {
  if (day < earliest) throw new DomainError('subscription.too_early', `${field} is before ${earliest}.`);
}

const withOne = (state: SubscriptionState, id: string, one: Running): SubscriptionState => ({
  ...state,
  subscriptions: { ...state.subscriptions, [id]: one },
});

function change(state: SubscriptionState, id: string, fields: Partial<Running>): SubscriptionState {
  const before = state.subscriptions[id];
  return before ? withOne(state, id, { ...before, ...fields }) : state;
}
