/**
 * The definitions of retention, worked out slowly: from raw facts, customer by customer and day by day, without
 * cells, ledgers or months. What the churn context answers is held against this.
 */
import fc from 'fast-check';
import {
  customerStream,
  addDays,
  type CustomerId,
  type Day,
  type DomainEvent,
  type Instant,
  type Recorded,
} from '#kernel';
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

export const FIRST_DAY = '2023-01-01';
export const INACTIVITY = 100;
const DAYS = 900;
const CURRENCY = 'GBP';

const dayAt = fc.integer({ min: 0, max: DAYS }).map((n): string => addDays(FIRST_DAY, n));
const product = fc.constantFrom('tea', 'coffee', 'a|b');
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });

const boughtOnce = fc.record(
  {
    day: dayAt,
    minor: fc.integer({ min: 0, max: 500 }),
    currency: fc.constantFrom(CURRENCY, CURRENCY, CURRENCY, 'EUR'),
    product,
    recordedAs: fc.record({ day: dayAt, minor: fc.integer({ min: 0, max: 500 }) }),
    refunded: fc.integer({ min: 1, max: 500 }),
    retracted: fc.boolean(),
  },
  { requiredKeys: ['day', 'minor', 'currency', 'product'] },
);

const sub: fc.Arbitrary<Sub> = fc
  .record({
    product,
    start: fc.integer({ min: 0, max: DAYS }),
    length: maybe(fc.integer({ min: 0, max: 500 })),
    notice: fc.integer({ min: 0, max: 60 }),
    reason: maybe(fc.constantFrom('price', 'moved')),
    currency: fc.constantFrom(CURRENCY, CURRENCY, 'EUR'),
    minor: fc.integer({ min: 0, max: 90 }),
    change: maybe(
      fc.record({ after: fc.integer({ min: 1, max: 300 }), minor: fc.integer({ min: 0, max: 90 }) }),
    ),
  })
  .map(({ product, start, length, notice, reason, currency, minor, change }) => {
    const startsOn = addDays(FIRST_DAY, start);
    const endsOn = length === undefined ? null : addDays(startsOn, length);
    const prices: [string, number][] = [[startsOn, minor]];
    if (change) prices.push([addDays(startsOn, change.after), change.minor]);
    const noticeOn = endsOn === null ? startsOn : addDays(endsOn, -notice);
    return { product, startsOn, endsOn, noticeOn, ...(reason && { reason }), currency, prices };
  });

const gone: fc.Arbitrary<Gone> = fc
  .record({
    on: dayAt,
    away: maybe(fc.integer({ min: 0, max: 200 })),
    reason: fc.constantFrom('unknown', 'price'),
    cause: maybe(fc.constantFrom('service', 'price')),
  })
  .map(({ on, away, reason, cause }) => ({
    on,
    back: away === undefined ? null : addDays(on, away),
    reason,
    ...(cause && { cause }),
  }));

export const person: fc.Arbitrary<Person> = fc.record(
  {
    segment: fc.constantFrom('retail', 'trade'),
    region: fc.constantFrom('north', 'south'),
    bought: fc.array(boughtOnce, { maxLength: 8 }),
    subs: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(sub, { minLength: 1, maxLength: 2 }) },
    ),
    gone: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(gone, { minLength: 1, maxLength: 1 }) },
    ),
  },
  { requiredKeys: ['bought', 'subs', 'gone'] },
);

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

/** Minor units by day, of all or of one product: what is left of each purchase in pounds. */
export function spending({ bought }: Person, product?: string): Map<string, number> {
  const days = new Map<string, number>();
  for (const fact of bought) {
    const { day, minor, currency, refunded = 0, retracted } = fact;
    if (currency !== CURRENCY || (product !== undefined && fact.product !== product)) continue;
    if (retracted && !refunded) continue;
    const net = minor - (retracted ? 0 : Math.min(refunded, minor));
    if (minor > 0 && net <= 0) continue;
    days.set(day, (days.get(day) ?? 0) + net);
  }
  return days;
}

const subsOf = ({ subs }: Person, product?: string): Sub[] =>
  subs.filter((one) => product === undefined || one.product === product);

const interrupted = ({ gone }: Person, from: string, day: string): boolean =>
  gone.some(({ on, back }) => on > from && on <= day && (back === null || day < back));

const runs = (who: Person, { startsOn, endsOn }: Sub, day: string): boolean =>
  startsOn <= day && (endsOn === null || day < endsOn) && !interrupted(who, startsOn, day);

export const underContract = (who: Person, day: string, product?: string): boolean =>
  subsOf(who, product).some((one) => runs(who, one, day));

export const isThere = (who: Person, day: string, product?: string): boolean =>
  underContract(who, day, product) ||
  [...spending(who, product).keys()].some(
    (from) => from <= day && day < addDays(from, INACTIVITY) && !interrupted(who, from, day),
  );

/** Monthly recurring revenue on a day. */
export function recurring(who: Person, day: string, product?: string): number {
  let sum = 0;
  for (const one of subsOf(who, product)) {
    if (one.currency !== CURRENCY || !runs(who, one, day)) continue;
    sum += one.prices.filter(([from]) => from <= day).at(-1)?.[1] ?? 0;
  }
  return sum;
}

/** Bought in the days `[from, to)`. */
export function spent(who: Person, from: string, to: string, product?: string): number {
  let sum = 0;
  for (const [day, net] of spending(who, product)) if (day >= from && day < to) sum += net;
  return sum;
}

export const hasContract = (who: Person, product?: string): boolean => subsOf(who, product).length > 0;

/** The first day there and the first day not there after it (null: still there), day by day. */
export function firstStay(
  who: Person,
  lastDay: string,
  product?: string,
): { readonly from: Day; readonly to: Day | null } | null {
  const there = hasContract(who, product) ? underContract : isThere;
  let day = FIRST_DAY as Day;
  while (day <= lastDay && !there(who, day, product)) day = addDays(day, 1);
  if (day > lastDay) return null;
  const from = day;
  while (day <= lastDay && there(who, day, product)) day = addDays(day, 1);
  return { from, to: day > lastDay ? null : day };
}
