/**
 * The input: recorded events as an auditor sees them. The data of each type is written down here once more, so that the
 * reference shares nothing with the product.
 */
export interface RecordedEvent {
  readonly type: string;
  readonly data: object;
  /** `customer-<id>`, or `spend-<YYYY-MM>`. */
  readonly stream: string;
  /** Place in the whole log. */
  readonly position: bigint;
  /** Place in the stream. */
  readonly revision: bigint;
  /** When it happened in the world; RFC 3339 in UTC with milliseconds, so that text order is time order. */
  readonly occurredAt: string;
  /** When it was stored. No figure depends on it. */
  readonly recordedAt: string;
}

/** Whole minor units of an ISO 4217 currency. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

export interface Line {
  readonly product: string;
  readonly quantity: number;
  readonly amount?: Money;
}

export type Purpose = 'acquisition' | 'retention';
export type Interval = 'month' | 'year';

/** The data of the types that figures are made of. Days are calendar days in the organisation's zone. */
export interface DataOf {
  CustomerRegistered: { kind: string; relationship: string; customerSince?: string };
  ProfileCorrected: { relationship?: string; customerSince?: string };
  MarketSegmentAssigned: { segment: string };
  RegionAssigned: { region: string };
  BusinessUnitAssigned: { unit: string };
  OwnerAssigned: { owner: string };
  TagAdded: { tag: string };
  TagRemoved: { tag: string };
  ExternalIdClaimed: { source: string; holder: string };
  CustomerErased: { reason: string };

  PurchaseRecorded: { touchpointId: string; amount: Money; margin?: Money; lines?: readonly Line[] };
  PurchaseRefunded: { touchpointId: string; purchaseId: string; amount: Money };
  TouchpointCorrected: {
    touchpointId: string;
    reason: string;
    occurredAt?: string;
    amount?: Money;
    margin?: Money;
    lines?: readonly Line[];
  };
  TouchpointRetracted: { touchpointId: string; reason: string };

  SubscriptionStarted: {
    subscriptionId: string;
    product: string;
    recurring: Money;
    interval: Interval;
    startsOn: string;
    paidUntil?: string;
  };
  SubscriptionRenewed: { subscriptionId: string; renewedOn: string; paidUntil: string };
  SubscriptionChanged: { subscriptionId: string; effectiveOn: string; recurring?: Money };
  SubscriptionCancelled: { subscriptionId: string; noticeOn: string; effectiveOn: string; reason?: string };
  CancellationWithdrawn: { subscriptionId: string; withdrawnOn: string; reason?: string };
  SubscriptionRetracted: { subscriptionId: string; reason: string };

  CustomerDefected: { defectionId: string; effectiveOn: string; reason: string; yearlyValue?: Money };
  DefectionInterviewed: { defectionId: string; reasons: readonly string[] };
  RootCauseAttributed: { defectionId: string; cause: string; controllable: boolean };
  CustomerWonBack: { defectionId: string; returnedOn: string };
  DefectionRetracted: { defectionId: string; reason: string };

  MarketingSpendRecorded: {
    spendId: string;
    purpose: Purpose;
    spentOn: string;
    amount: Money;
    addressed?: number;
    customerId?: string;
    unit?: string;
    segment?: string;
    product?: string;
  };
}

export type Recorded<T extends keyof DataOf> = RecordedEvent & { readonly data: DataOf[T] };

/** Events in the order of the world: by the time they happened, those of one time by their place in the log. */
export const inOrder = (events: readonly RecordedEvent[]): RecordedEvent[] =>
  [...events].sort((a, b) => compare(a.occurredAt, b.occurredAt) || compare(a.position, b.position));

/** All events of one type, in the order of the world. */
export const every = <T extends keyof DataOf>(events: readonly RecordedEvent[], type: T): Recorded<T>[] =>
  inOrder(events.filter((event) => event.type === type)) as Recorded<T>[]; // the type says which data it has

/** In the order of the log: where a fact corrects another one, the one recorded last holds. */
export const asRecorded = <E extends RecordedEvent>(events: readonly E[]): E[] =>
  [...events].sort((a, b) => compare(a.position, b.position));

export const compare = <T extends string | number | bigint>(a: T, b: T): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** Names in their order; null, which is no name, after them. */
export const byName = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : compare(a, b);
