/**
 * The account of a customer: what it bought, subscribes to and belongs to, as facts that each say when they occurred. From
 * it everything can be told as of any day; nothing that was taken back, corrected or moved is forgotten.
 */
import type { Instant, Money } from '#kernel';
import type { Silence } from '../silence.js';
import type { Sales, Stored } from './sales.js';

/** A fact, and when it occurred. Facts are kept in the order of the log. */
export type At<Fact> = Fact & { readonly at: Instant };

/** Facts in the order in which they occurred; those of one instant in the order of the log. */
export const inOrder = <Fact>(facts: readonly At<Fact>[]): readonly At<Fact>[] =>
  facts.length < 2 ? facts : [...facts].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));

/** By what a customer is grouped, and belongs to one at a time. */
export const MEMBERSHIPS = ['segment', 'unit', 'region'] as const;
export type Membership = (typeof MEMBERSHIPS)[number];

export interface PriceFact {
  /** First day on which it holds. */
  readonly from: string;
  readonly recurring: Money;
}

export interface NoticeFact {
  readonly noticeOn: string;
  /** First day without the subscription. */
  readonly endsOn: string;
  readonly reason?: string;
}

/** A notice, or that there is none any more. */
export type CancellationFact = NoticeFact | { readonly withdrawn: true };

export interface SubscriptionFacts {
  readonly at: Instant;
  readonly product: string;
  readonly interval: 'month' | 'year';
  readonly startsOn: string;
  readonly prices: readonly At<PriceFact>[];
  /** The one recorded last holds: it corrects those before, also to an earlier day. */
  readonly cancelled: readonly At<CancellationFact>[];
  /** From then on it never was. */
  readonly retracted?: Instant;
}

export interface DefectionFacts {
  readonly at: Instant;
  /** First day without the customer. */
  readonly effectiveOn: string;
  readonly reason: string;
  readonly yearlyValue?: Money;
  readonly interviewed?: true;
  readonly attributed: readonly At<{ readonly cause: string; readonly controllable: boolean }>[];
  readonly wonBack: readonly At<{ readonly returnedOn: string }>[];
  /** From then on it never was. */
  readonly retracted?: Instant;
}

/** As they are sent: product, and its part of the amount where the line says. */
export type Lines = readonly { readonly product: string; readonly amount?: Money }[];

export interface PurchaseFacts {
  readonly at: Instant;
  readonly amount: Money;
  readonly margin?: Money;
  readonly lines?: Lines;
  readonly corrected: readonly At<CorrectionFact>[];
  readonly retracted?: Instant;
  readonly refunds: Readonly<Record<string, RefundFacts>>;
}

/** The fields given replace those before. */
export interface CorrectionFact {
  readonly occurredAt?: Instant;
  readonly amount?: Money;
  readonly margin?: Money;
  readonly lines?: Lines;
}

export interface RefundFacts {
  readonly at: Instant;
  readonly amount: Money;
  readonly corrected: readonly At<CorrectionFact>[];
  readonly retracted?: Instant;
}

/** When what was told with the registration came to be so: a customer has no history before it. */
export const BEGINNING = '0001-01-01T00:00:00.000Z' as Instant;

/** What is left of all purchases that were not wholly taken back. */
export interface Totals {
  readonly purchases: number;
  /** Minor units by currency. */
  readonly revenue: Readonly<Record<string, Stored>>;
}

/** What concerns all of a customer: the document of its stream. */
export interface Account {
  readonly is: 'account';
  readonly customerId: string;
  /** The command that registered it. */
  readonly registeredBy?: string;
  /** When the first of its events occurred. */
  readonly knownSince: Instant;
  readonly erasedAt?: Instant;
  /** `customerSince`, as it was told. */
  readonly since: readonly At<{ readonly day: string }>[];
  readonly memberships: Readonly<Record<Membership, readonly At<{ readonly code: string }>[]>>;
  readonly bought: Sales;
  /** The part of it that belongs to no product. */
  readonly ofNone: Sales;
  readonly totals: Totals;
  /** Products that it bought or subscribed to, each with a document of its own. */
  readonly products: readonly string[];
  readonly subscriptions: Readonly<Record<string, SubscriptionFacts>>;
  readonly defections: Readonly<Record<string, DefectionFacts>>;
  /** Silences in which the customer was recorded as at risk, as they were recorded. */
  readonly silences: readonly Silence[];
  /** Events it is folded from. A command that rests on an account says how many, and is void once there are more. */
  readonly seen: number;
}

/** What of an account concerns one product: it is counted apart. */
export interface ProductAccount extends Pick<Account, 'defections' | 'since' | 'erasedAt' | 'subscriptions'> {
  readonly is: 'product';
  readonly product: string;
  readonly sales: Sales;
}

/** The facts of one purchase, for what corrects it or takes it back later. */
export interface PurchaseAccount {
  readonly is: 'purchase';
  readonly facts: PurchaseFacts;
}

/** Which purchase a refund is of. */
export interface RefundAccount {
  readonly is: 'refund';
  readonly of: string;
}

export type LedgerDocument = Account | ProductAccount | PurchaseAccount | RefundAccount;

export const newAccount = (customerId: string, knownSince: Instant): Account => ({
  is: 'account',
  customerId,
  knownSince,
  since: [],
  memberships: { segment: [], unit: [], region: [] },
  bought: {},
  ofNone: {},
  totals: { purchases: 0, revenue: {} },
  products: [],
  subscriptions: {},
  defections: {},
  silences: [],
  seen: 0,
});
