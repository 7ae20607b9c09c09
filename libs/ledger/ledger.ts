/**
 * What one customer bought, subscribes to and is assigned to, folded from everybody's events: the ground that
 * every view that counts customers stands on. Figures of what was retracted or refunded are taken back where
 * they were counted, so that late events and corrections are exact.
 */
import { customerOf, dayIn, type Day, type Money, type Recorded } from '#kernel';
import type { CustomerEvent } from '#customers/events.js';
import type { DefectionEvent, RiskEvent } from '#retention/events.js';
import type { SubscriptionEvent, TouchpointEvent } from '#touchpoints/events.js';
import type { Silence } from './silence.js';

/** The view whose documents are ledgers, by customer: for who wants to read one and not to count them. */
export const LEDGER = { name: 'churn', version: '2' } as const;

export interface Purchase {
  /** In the organisation's zone. */
  readonly day: Day;
  readonly amount: Money;
  readonly margin?: Money;
  /** Product and its part of the amount, where the purchase says. */
  readonly lines?: readonly (readonly [product: string, minor: number])[];
  /** Minor units refunded and not retracted. */
  readonly refunded: number;
  readonly retracted?: true;
}

export interface Refund {
  readonly of: string;
  readonly minor: number;
}

export interface Subscription {
  readonly product: string;
  readonly startsOn: string;
  /** First day without it; null while it runs. */
  readonly endsOn: string | null;
  readonly noticeOn?: string;
  readonly reason?: string;
  readonly currency: string;
  readonly interval: 'month' | 'year';
  /** Minor units a month from a day on, in the order of days. */
  readonly monthly: readonly (readonly [from: string, minor: number])[];
}

export interface Defection {
  readonly effectiveOn: string;
  readonly reason: string;
  readonly cause?: string;
  readonly controllable?: boolean;
  readonly interviewed?: true;
  readonly yearlyValue?: Money;
  readonly wonBackOn?: string;
}

export interface Ledger {
  readonly customerId: string;
  readonly erased?: true;
  readonly customerSince?: string;
  readonly segment?: string;
  readonly unit?: string;
  readonly region?: string;
  readonly purchases: Readonly<Record<string, Purchase>>;
  readonly refunds: Readonly<Record<string, Refund>>;
  readonly subscriptions: Readonly<Record<string, Subscription>>;
  readonly defections: Readonly<Record<string, Defection>>;
  /** Silences in which the customer was recorded as at risk, as they were recorded. */
  readonly silences?: readonly Silence[];
  /** Events it is folded from. A command that rests on a ledger says how many, and is void once there are more. */
  readonly seen: number;
}

type Seen = TouchpointEvent | SubscriptionEvent | CustomerEvent | DefectionEvent | RiskEvent;

type LedgerType =
  | 'CustomerRegistered'
  | 'ProfileCorrected'
  | 'MarketSegmentAssigned'
  | 'RegionAssigned'
  | 'BusinessUnitAssigned'
  | 'CustomerErased'
  | 'PurchaseRecorded'
  | 'PurchaseRefunded'
  | 'TouchpointCorrected'
  | 'TouchpointRetracted'
  | SubscriptionEvent['type']
  | DefectionEvent['type']
  | RiskEvent['type'];

export type LedgerEvent = Extract<Seen, { type: LedgerType }>;

type Rules = {
  readonly [K in LedgerEvent['type']]: (
    ledger: Ledger | null,
    event: Recorded<Extract<LedgerEvent, { type: K }>>,
  ) => Ledger;
};

/** The folds, for a zone in which days are counted. A view takes these as its `on`, or wraps them. */
export const ledgerRules = (zone: string): Rules => ({
  CustomerRegistered: (before, event) => {
    const { customerSince } = event.data;
    return customerSince === undefined ? begin(before, event) : { ...begin(before, event), customerSince };
  },
  ProfileCorrected: (before, event) => {
    const { customerSince } = event.data;
    return customerSince === undefined ? begin(before, event) : { ...begin(before, event), customerSince };
  },
  MarketSegmentAssigned: (before, event) => ({ ...begin(before, event), segment: event.data.segment }),
  RegionAssigned: (before, event) => ({ ...begin(before, event), region: event.data.region }),
  BusinessUnitAssigned: (before, event) => ({ ...begin(before, event), unit: event.data.unit }),
  CustomerErased: (before, event) => ({ ...begin(before, event), erased: true }),

  PurchaseRecorded: (before, event) => {
    const { touchpointId, amount, margin, lines } = event.data;
    const purchase = {
      day: dayIn(zone, event.occurredAt),
      amount,
      refunded: 0,
      ...optionalParts(margin, lines),
    };
    return withPurchase(begin(before, event), touchpointId, purchase);
  },
  PurchaseRefunded: (before, event) => {
    const ledger = begin(before, event);
    const { touchpointId, purchaseId, amount } = event.data;
    const refunds = { ...ledger.refunds, [touchpointId]: { of: purchaseId, minor: amount.minor } };
    return refund({ ...ledger, refunds }, purchaseId, amount.minor);
  },
  TouchpointCorrected: (before, event) => {
    const ledger = begin(before, event);
    const { touchpointId, occurredAt, amount, margin, lines } = event.data;
    const purchase = ledger.purchases[touchpointId];
    if (!purchase) return ledger;
    return withPurchase(ledger, touchpointId, {
      ...purchase,
      ...(occurredAt === undefined ? {} : { day: dayIn(zone, occurredAt) }),
      ...(amount === undefined ? {} : { amount }),
      ...optionalParts(margin, lines),
    });
  },
  TouchpointRetracted: (before, event) => {
    const ledger = begin(before, event);
    const { touchpointId } = event.data;
    const purchase = ledger.purchases[touchpointId];
    if (purchase) return withPurchase(ledger, touchpointId, { ...purchase, retracted: true });
    const { [touchpointId]: retracted, ...refunds } = ledger.refunds;
    return retracted ? refund({ ...ledger, refunds }, retracted.of, -retracted.minor) : ledger;
  },

  SubscriptionStarted: (before, event) => {
    const { subscriptionId, product, startsOn, recurring, interval } = event.data;
    const monthly = [[startsOn, aMonth(recurring, interval)]] as const;
    const subscription = { product, startsOn, endsOn: null, currency: recurring.currency, interval, monthly };
    return withSubscription(begin(before, event), subscriptionId, subscription);
  },
  SubscriptionRenewed: begin,
  SubscriptionChanged: (before, event) => {
    const ledger = begin(before, event);
    const { subscriptionId, effectiveOn, recurring } = event.data;
    const subscription = ledger.subscriptions[subscriptionId];
    if (!subscription || !recurring) return ledger;
    const others = subscription.monthly.filter(([from]) => from !== effectiveOn);
    const monthly = [...others, [effectiveOn, aMonth(recurring, subscription.interval)] as const];
    return withSubscription(ledger, subscriptionId, {
      ...subscription,
      monthly: monthly.sort(([a], [b]) => (a < b ? -1 : 1)),
    });
  },
  SubscriptionCancelled: (before, event) => {
    const ledger = begin(before, event);
    const { subscriptionId, noticeOn, effectiveOn, reason } = event.data;
    const subscription = ledger.subscriptions[subscriptionId];
    if (!subscription) return ledger;
    const ended = {
      ...subscription,
      noticeOn,
      endsOn: effectiveOn,
      ...(reason === undefined ? {} : { reason }),
    };
    return withSubscription(ledger, subscriptionId, ended);
  },

  CustomerDefected: (before, event) => {
    const { defectionId, effectiveOn, reason, yearlyValue } = event.data;
    const defection = { effectiveOn, reason, ...(yearlyValue === undefined ? {} : { yearlyValue }) };
    return withDefection(begin(before, event), defectionId, defection);
  },
  DefectionInterviewed: (before, event) =>
    change(begin(before, event), event.data.defectionId, { interviewed: true }),
  RootCauseAttributed: (before, event) => {
    const { defectionId, cause, controllable } = event.data;
    return change(begin(before, event), defectionId, { cause, controllable });
  },
  CustomerWonBack: (before, event) =>
    change(begin(before, event), event.data.defectionId, { wonBackOn: event.data.returnedOn }),

  CustomerBecameAtRisk: (before, event) => {
    const ledger = begin(before, event);
    const { lastOccasionOn, atRiskOn, lostFrom, definitionVersion } = event.data;
    const silence = { lastOccasionOn, atRiskOn, lostFrom, definitionVersion };
    return { ...ledger, silences: [...(ledger.silences ?? []), silence] };
  },
});

/** The types of event that a ledger is folded from, in whatever zone. */
export const LEDGER_EVENTS = Object.keys(ledgerRules('UTC')) as readonly LedgerEvent['type'][]; // a key for each

/** A yearly price is spread over twelve months. */
const aMonth = ({ minor }: Money, interval: 'month' | 'year'): number =>
  interval === 'year' ? Math.round(minor / 12) : minor;

/** The ledger that an event is folded into, which has seen that event then. */
function begin(before: Ledger | null, { stream }: Recorded): Ledger {
  if (before !== null) return { ...before, seen: before.seen + 1 };
  return {
    customerId: customerOf(stream) ?? stream,
    purchases: {},
    refunds: {},
    subscriptions: {},
    defections: {},
    seen: 1,
  };
}

type Lines = readonly { readonly product: string; readonly amount?: Money }[];

function optionalParts(
  margin: Money | undefined,
  lines: Lines | undefined,
): Pick<Purchase, 'margin' | 'lines'> {
  return {
    ...(margin === undefined ? {} : { margin }),
    ...(lines === undefined
      ? {}
      : { lines: lines.map(({ product, amount }) => [product, amount?.minor ?? 0] as const) }),
  };
}

const withPurchase = (ledger: Ledger, id: string, purchase: Purchase): Ledger => ({
  ...ledger,
  purchases: { ...ledger.purchases, [id]: purchase },
});

function refund(ledger: Ledger, id: string, minor: number): Ledger {
  const purchase = ledger.purchases[id];
  return purchase ? withPurchase(ledger, id, { ...purchase, refunded: purchase.refunded + minor }) : ledger;
}

const withSubscription = (ledger: Ledger, id: string, subscription: Subscription): Ledger => ({
  ...ledger,
  subscriptions: { ...ledger.subscriptions, [id]: subscription },
});

const withDefection = (ledger: Ledger, id: string, defection: Defection): Ledger => ({
  ...ledger,
  defections: { ...ledger.defections, [id]: defection },
});

function change(ledger: Ledger, id: string, fields: Partial<Defection>): Ledger {
  const defection = ledger.defections[id];
  return defection ? withDefection(ledger, id, { ...defection, ...fields }) : ledger;
}
