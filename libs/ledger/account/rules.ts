/** The folds that make an account of everybody's events, in whatever order they occurred. */
import { customerOf, type Recorded } from '#kernel';
import type { CustomerEvent } from '#customers/events.js';
import type { DefectionEvent, RiskEvent } from '#retention/events.js';
import type { SubscriptionEvent, TouchpointEvent } from '#touchpoints/events.js';
import type { Across } from '#projections/index.js';
import {
  BEGINNING,
  newAccount,
  type Account,
  type At,
  type CorrectionFact,
  type DefectionFacts,
  type LedgerDocument,
  type Membership,
  type PurchaseFacts,
  type RefundFacts,
  type SubscriptionFacts,
} from './account.js';
import {
  changePurchase,
  changeTouchpoint,
  ofProduct,
  productNamed,
  purchaseIn,
  purchaseNamed,
  refundNamed,
  sellAll,
  shared,
  withProduct,
  type Ledger,
  type Rules,
} from './documents.js';
import { effectsOf } from './purchase.js';

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

/** @param rules in whose zone days are counted, and in whose currency amounts */
export const ledgerRules = (rules: Rules): Across<LedgerDocument, LedgerEvent> => ({
  names: namesFor,
  on: {
    CustomerRegistered: (ledger, event) => {
      const account = { ...begin(ledger, event), registeredBy: event.commandId };
      shared(ledger, since(account, event));
    },
    ProfileCorrected: (ledger, event) => shared(ledger, since(begin(ledger, event), event)),
    MarketSegmentAssigned: (ledger, event) => joins(ledger, 'segment', event, event.data.segment),
    RegionAssigned: (ledger, event) => joins(ledger, 'region', event, event.data.region),
    BusinessUnitAssigned: (ledger, event) => joins(ledger, 'unit', event, event.data.unit),
    CustomerErased: (ledger, event) =>
      shared(ledger, { ...begin(ledger, event), erasedAt: event.occurredAt }),

    PurchaseRecorded: (ledger, event) => {
      const { touchpointId, amount, margin, lines } = event.data;
      const facts: PurchaseFacts = {
        at: event.occurredAt,
        amount,
        ...(margin && { margin }),
        ...(lines && { lines }),
        corrected: [],
        refunds: {},
      };
      ledger.begin(purchaseNamed(touchpointId), { is: 'purchase', facts });
      sellAll(ledger, begin(ledger, event), effectsOf(facts, rules.zone), rules);
    },
    PurchaseRefunded: (ledger, event) => {
      const { touchpointId, purchaseId, amount } = event.data;
      const refund = { at: event.occurredAt, amount, corrected: [] };
      if (purchaseIn(ledger, purchaseId) !== null)
        ledger.begin(refundNamed(touchpointId), { is: 'refund', of: purchaseId });
      changePurchase(ledger, begin(ledger, event), purchaseId, rules, (facts) => ({
        ...facts,
        refunds: { ...facts.refunds, [touchpointId]: refund },
      }));
    },
    TouchpointCorrected: (ledger, event) => {
      const { touchpointId, occurredAt, amount, margin, lines } = event.data;
      const correction: At<CorrectionFact> = {
        at: event.occurredAt,
        ...(occurredAt !== undefined && { occurredAt: occurredAt as CorrectionFact['occurredAt'] & string }), // its shape is an instant's
        ...(amount && { amount }),
        ...(margin && { margin }),
        ...(lines && { lines }),
      };
      const add = <F extends PurchaseFacts | RefundFacts>(facts: F): F => ({
        ...facts,
        corrected: [...facts.corrected, correction],
      });
      changeTouchpoint(ledger, begin(ledger, event), touchpointId, rules, add);
    },
    TouchpointRetracted: (ledger, event) => {
      const retract = <F extends PurchaseFacts | RefundFacts>(facts: F): F => ({
        ...facts,
        retracted: event.occurredAt,
      });
      changeTouchpoint(ledger, begin(ledger, event), event.data.touchpointId, rules, retract);
    },

    SubscriptionStarted: (ledger, event) => {
      const { subscriptionId, product, startsOn, recurring, interval } = event.data;
      const prices = [{ at: event.occurredAt, from: startsOn, recurring }];
      const started = { at: event.occurredAt, product, interval, startsOn, prices, cancelled: [] };
      withSubscription(ledger, begin(ledger, event), subscriptionId, () => started);
    },
    SubscriptionRenewed: (ledger, event) => ledger.set('', begin(ledger, event)),
    SubscriptionChanged: (ledger, event) => {
      const { subscriptionId, effectiveOn, recurring } = event.data;
      withSubscription(ledger, begin(ledger, event), subscriptionId, (now) => {
        if (!recurring) return now;
        const price = { at: event.occurredAt, from: effectiveOn, recurring };
        return now && { ...now, prices: [...now.prices, price] };
      });
    },
    SubscriptionCancelled: (ledger, event) => {
      const { subscriptionId, noticeOn, effectiveOn, reason } = event.data;
      const fact = {
        at: event.occurredAt,
        noticeOn,
        endsOn: effectiveOn,
        ...(reason !== undefined && { reason }),
      };
      withSubscription(
        ledger,
        begin(ledger, event),
        subscriptionId,
        (now) => now && { ...now, cancelled: [...now.cancelled, fact] },
      );
    },
    CancellationWithdrawn: (ledger, event) => {
      const fact = { at: event.occurredAt, withdrawn: true } as const;
      withSubscription(
        ledger,
        begin(ledger, event),
        event.data.subscriptionId,
        (now) => now && { ...now, cancelled: [...now.cancelled, fact] },
      );
    },
    SubscriptionRetracted: (ledger, event) =>
      withSubscription(
        ledger,
        begin(ledger, event),
        event.data.subscriptionId,
        (now) => now && { ...now, retracted: event.occurredAt },
      ),

    CustomerDefected: (ledger, event) => {
      const { effectiveOn, reason, yearlyValue } = event.data;
      const defection = {
        at: event.occurredAt,
        effectiveOn,
        reason,
        ...(yearlyValue && { yearlyValue }),
        attributed: [],
        wonBack: [],
      };
      withDefection(ledger, event, () => defection);
    },
    DefectionInterviewed: (ledger, event) =>
      withDefection(ledger, event, (now) => now && { ...now, interviewed: true }),
    RootCauseAttributed: (ledger, event) => {
      const { cause, controllable } = event.data;
      const fact = { at: event.occurredAt, cause, controllable };
      withDefection(ledger, event, (now) => now && { ...now, attributed: [...now.attributed, fact] });
    },
    CustomerWonBack: (ledger, event) => {
      const fact = { at: event.occurredAt, returnedOn: event.data.returnedOn };
      withDefection(ledger, event, (now) => now && { ...now, wonBack: [...now.wonBack, fact] });
    },
    DefectionRetracted: (ledger, event) =>
      withDefection(ledger, event, (now) => now && { ...now, retracted: event.occurredAt }),

    CustomerBecameAtRisk: (ledger, event) => {
      const account = begin(ledger, event);
      const { lastOccasionOn, atRiskOn, lostFrom, definitionVersion } = event.data;
      const silence = { lastOccasionOn, atRiskOn, lostFrom, definitionVersion };
      ledger.set('', { ...account, silences: [...account.silences, silence] });
    },
  },
});

function namesFor(event: Recorded<LedgerEvent>): string[] {
  switch (event.type) {
    case 'PurchaseRecorded':
      return ['', ...(event.data.lines ?? []).map(({ product }) => productNamed(product))];
    case 'PurchaseRefunded':
      return ['', purchaseNamed(event.data.purchaseId)];
    case 'TouchpointCorrected':
    case 'TouchpointRetracted':
      return ['', purchaseNamed(event.data.touchpointId), refundNamed(event.data.touchpointId)];
    case 'SubscriptionStarted':
      return ['', productNamed(event.data.product)];
    default:
      return [''];
  }
}

/** The types of event that an account is folded from, by whatever rules. */
export const LEDGER_EVENTS = Object.keys(
  ledgerRules({ zone: 'UTC', currency: 'GBP' }).on,
) as readonly LedgerEvent['type'][]; // a key for each

/** The account that an event is folded into, which has seen that event then. */
function begin(ledger: Ledger, { stream, occurredAt }: Recorded): Account {
  const before = ledger.get('') as Account | null; // no other document has this name
  const account = before ?? newAccount(customerOf(stream) ?? stream, occurredAt);
  const knownSince = occurredAt < account.knownSince ? occurredAt : account.knownSince;
  return { ...account, knownSince, seen: account.seen + 1 };
}

function since(
  account: Account,
  event: Recorded<Extract<LedgerEvent, { type: 'CustomerRegistered' | 'ProfileCorrected' }>>,
): Account {
  const { customerSince } = event.data;
  if (customerSince === undefined) return account;
  return { ...account, since: [...account.since, { at: event.occurredAt, day: customerSince }] };
}

/** What was told with the registration holds from the beginning. */
function joins(ledger: Ledger, membership: Membership, event: Recorded, code: string): void {
  const account = begin(ledger, event);
  const { memberships, registeredBy } = account;
  const at = event.commandId === registeredBy ? BEGINNING : event.occurredAt;
  const history = [...memberships[membership], { at, code }];
  ledger.set('', { ...account, memberships: { ...memberships, [membership]: history } });
}

function withSubscription(
  ledger: Ledger,
  account: Account,
  id: string,
  change: (now: SubscriptionFacts | undefined) => SubscriptionFacts | undefined,
): void {
  const now = change(account.subscriptions[id]);
  if (now === undefined || now === account.subscriptions[id]) return ledger.set('', account);
  const subscriptions = { ...account.subscriptions, [id]: now };
  const after = withProduct({ ...account, subscriptions }, now.product);
  ledger.set('', after);
  ledger.set(productNamed(now.product), ofProduct(ledger, after, now.product));
}

function withDefection(
  ledger: Ledger,
  event: Recorded<Extract<LedgerEvent, { data: { defectionId: string } }>>,
  change: (now: DefectionFacts | undefined) => DefectionFacts | undefined,
): void {
  const account = begin(ledger, event);
  const id = event.data.defectionId;
  const now = change(account.defections[id]);
  if (now === undefined) return ledger.set('', account);
  shared(ledger, { ...account, defections: { ...account.defections, [id]: now } });
}
