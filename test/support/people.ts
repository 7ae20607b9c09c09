/** People for tests of figures, said in short: what each bought, subscribed to and left. */
import { customerStream, type CustomerId, type DomainEvent, type Instant, type Recorded } from '#kernel';
import type { LedgerEvent } from '#ledger/index.js';

export interface Fact {
  readonly day: string;
  readonly minor: number;
  readonly currency: string;
  readonly product: string;
}

export interface Sub {
  readonly product: string;
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly noticeOn: string;
  readonly reason?: string;
  readonly currency: string;
  readonly prices: readonly (readonly [from: string, minor: number])[];
}

export interface Gone {
  readonly on: string;
  readonly back: string | null;
  readonly reason: string;
  readonly cause?: string;
}

export interface Person {
  readonly segment?: string;
  readonly region?: string;
  /** Day from which the customer is one, where history is missing. */
  readonly since?: string;
  readonly bought: readonly (Fact & {
    /** What was first recorded, where it was corrected later. */
    readonly recordedAs?: { readonly day: string; readonly minor: number };
    readonly refunded?: number;
    readonly retracted?: boolean;
  })[];
  readonly subs: readonly Sub[];
  readonly gone: readonly Gone[];
}

const FIRST_DAY = '2023-01-01';
export const INACTIVITY = 100;

/** The recorded events of these people, in an order in which they may have come in. */
export function eventsOf(people: readonly Person[]): Recorded<LedgerEvent>[] {
  const events: Recorded<LedgerEvent>[] = [];
  people.forEach((one, index) => {
    const stream = customerStream(`customer-${String(index).padStart(4, '0')}` as CustomerId);
    const at = (day: string, event: LedgerEvent): void => {
      events.push({ ...event, ...envelope(stream, day, events.length) });
    };
    const since = one.since && { customerSince: one.since };
    at(FIRST_DAY, {
      type: 'CustomerRegistered',
      data: { kind: 'person', relationship: 'customer', ...since },
    });
    if (one.segment) at(FIRST_DAY, { type: 'MarketSegmentAssigned', data: { segment: one.segment } });
    if (one.region) at(FIRST_DAY, { type: 'RegionAssigned', data: { region: one.region } });
    one.bought.forEach((fact, n) => purchase(fact, `p${n}`, at));
    one.subs.forEach((contract, n) => subscription(contract, `s${n}`, at));
    one.gone.forEach(({ on, back, reason, cause }, n) => {
      const defectionId = `d${n}`;
      at(on, { type: 'CustomerDefected', data: { defectionId, effectiveOn: on, reason } });
      if (cause) at(on, { type: 'RootCauseAttributed', data: { defectionId, cause, controllable: true } });
      if (back) at(back, { type: 'CustomerWonBack', data: { defectionId, returnedOn: back } });
    });
  });
  return events;
}

type At = (day: string, event: LedgerEvent) => void;

function purchase(fact: Person['bought'][number], touchpointId: string, at: At): void {
  const { day, minor, currency, product, recordedAs = { day, minor }, refunded, retracted } = fact;
  const money = (amount: number) => ({ minor: amount, currency });
  const parts = (amount: number) => ({
    amount: money(amount),
    lines: [{ product, quantity: 1, amount: money(amount) }],
  });
  at(recordedAs.day, { type: 'PurchaseRecorded', data: { touchpointId, ...parts(recordedAs.minor) } });
  if (recordedAs.day !== day || recordedAs.minor !== minor) {
    const occurredAt = `${day}T12:00:00.000Z`;
    at(day, {
      type: 'TouchpointCorrected',
      data: { touchpointId, reason: 'typo', occurredAt, ...parts(minor) },
    });
  }
  const refundId = `${touchpointId}-refund`;
  if (refunded) {
    const data = {
      touchpointId: refundId,
      purchaseId: touchpointId,
      amount: money(Math.min(refunded, minor)),
    };
    at(day, { type: 'PurchaseRefunded', data });
  }
  // A purchase with refunds is not retracted, but its refund may be.
  const wrong = refunded ? refundId : touchpointId;
  if (retracted) at(day, { type: 'TouchpointRetracted', data: { touchpointId: wrong, reason: 'typo' } });
}

function subscription(contract: Sub, subscriptionId: string, at: At): void {
  const { product, startsOn, endsOn, noticeOn, reason, currency, prices } = contract;
  const [[, first], ...changes] = prices as [readonly [string, number], ...(readonly [string, number])[]];
  const recurring = { minor: first, currency };
  at(startsOn, {
    type: 'SubscriptionStarted',
    data: { subscriptionId, product, recurring, interval: 'month', startsOn },
  });
  for (const [effectiveOn, minor] of changes) {
    at(startsOn, {
      type: 'SubscriptionChanged',
      data: { subscriptionId, effectiveOn, recurring: { minor, currency } },
    });
  }
  if (endsOn === null) return;
  const data = { subscriptionId, noticeOn, effectiveOn: endsOn, ...(reason && { reason }) };
  at(noticeOn, { type: 'SubscriptionCancelled', data });
}

const envelope = (
  stream: Recorded['stream'],
  day: string,
  position: number,
): Omit<Recorded, keyof DomainEvent> => ({
  id: String(position),
  stream,
  revision: BigInt(position),
  position: BigInt(position),
  schema: 1,
  occurredAt: `${day}T12:00:00.000Z` as Instant,
  recordedAt: `${day}T12:00:00.000Z` as Instant,
  actor: { id: 'test', role: 'system' },
  commandId: String(position),
  correlationId: String(position),
  causationId: String(position),
  hash: '',
});
