/**
 * Recorded events read into facts per customer, as of a day: exactly what occurred up to the end of that day, in the zone of
 * the definition, counts (domain.md D3). Every figure of the reference starts here, and reads nothing else.
 */
import { dayBefore, dayOf, type Day } from './calendar.js';
import { contractsAsOf, type Contract } from './contracts.js';
import { defectionsAsOf, type Defection } from './defections.js';
import { byName, every, inOrder, type Money, type Purpose, type RecordedEvent } from './events.js';
import { customerSinceAsOf, membershipsAsOf, type Memberships } from './memberships.js';
import { occurred, purchasesAsOf, type Moment, type Purchase } from './purchases.js';

/** By what rule a customer counts as there, at risk or lost, and in which zone and currency it is counted. */
export interface Definition {
  readonly version: number;
  /** IANA zone in which days, months and years are counted. */
  readonly zone: string;
  /** Without a sign of life for this many days a customer without a contract counts as lost. */
  readonly inactivityDays: number;
  /** Without a sign of life for this many days it is at risk. Less than `inactivityDays`. */
  readonly atRiskDays: number;
  /** Amounts in other currencies are left out and counted. */
  readonly currency: string;
}

export interface Facts {
  readonly customerId: string;
  /** Day of the first event that is known. */
  readonly knownSince: Day;
  /** First day of the relationship, where the history before the first event is missing. */
  readonly customerSince: Day | null;
  readonly erasedOn: Day | null;
  readonly memberships: Memberships;
  /** Not wholly taken back, in the order of days. */
  readonly purchases: readonly Purchase[];
  readonly contracts: readonly Contract[];
  readonly defections: readonly Defection[];
}

export interface Spend {
  readonly spendId: string;
  readonly purpose: Purpose;
  readonly spentOn: Day;
  /** Negative where it takes back what was recorded wrongly. */
  readonly amount: Money;
  /** Prospects that the money addressed. */
  readonly addressed: number;
  readonly customerId: string | null;
  readonly unit: string | null;
  readonly segment: string | null;
  readonly product: string | null;
}

/** The facts of all customers of whom anything is known at the end of the day, by their ids. */
export function factsAsOf(events: readonly RecordedEvent[], moment: Moment): Facts[] {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    if (!event.stream.startsWith(CUSTOMER)) continue;
    const stream = streams.get(event.stream);
    if (stream) stream.push(event);
    else streams.set(event.stream, [event]);
  }
  return [...streams]
    .sort(([a], [b]) => byName(a, b))
    .flatMap(([stream, own]) => factsOf(stream.slice(CUSTOMER.length), own, moment));
}

const CUSTOMER = 'customer-';

function factsOf(customerId: string, events: readonly RecordedEvent[], moment: Moment): Facts[] {
  // An identity that another customer holds is no customer of its own.
  if (events.some(({ type }) => type === 'ExternalIdClaimed')) return [];
  const past = inOrder(events).filter(({ occurredAt }) => occurred(occurredAt, moment));
  const purchases = purchasesAsOf(events, moment);
  const first = past[0];
  const known = first === undefined ? purchases[0]?.day : dayOf(first.occurredAt, moment.zone);
  if (known === undefined) return [];
  const erased = every(past, 'CustomerErased')[0];
  return [
    {
      customerId,
      knownSince: known,
      customerSince: customerSinceAsOf(events, moment),
      erasedOn: erased === undefined ? null : dayOf(erased.occurredAt, moment.zone),
      memberships: membershipsAsOf(events, moment),
      purchases,
      contracts: contractsAsOf(events, moment),
      defections: defectionsAsOf(events, moment),
    },
  ];
}

/** Spend on days up to the moment's, as it was recorded to have occurred by then; a spend's id counts once. */
export function spendAsOf(events: readonly RecordedEvent[], moment: Moment): Spend[] {
  const spent = new Map<string, Spend>();
  for (const { data, occurredAt } of every(events, 'MarketingSpendRecorded')) {
    if (!occurred(occurredAt, moment) || data.spentOn > moment.asOf || spent.has(data.spendId)) continue;
    const { addressed = 0, customerId = null, unit = null, segment = null, product = null } = data;
    spent.set(data.spendId, { ...data, addressed, customerId, unit, segment, product });
  }
  return [...spent.values()].sort((a, b) => byName(a.spentOn, b.spentOn) || byName(a.spendId, b.spendId));
}

/**
 * The facts as far as they concern some purchases and contracts alone. A defection concerns them if the first of them was
 * there by then: a customer cannot leave what it has not come to.
 * @param ofNone these are those of no product, which a defection concerns where the customer had come to nothing at all
 */
export function restricted(
  facts: Facts,
  purchases: readonly Purchase[],
  contracts: readonly Contract[],
  ofNone: boolean,
): Facts {
  const concerned = ({ effectiveOn }: Defection) =>
    hasBegun({ purchases, contracts }, effectiveOn) || (ofNone && !hasBegun(facts, effectiveOn));
  return { ...facts, purchases, contracts, defections: facts.defections.filter(concerned) };
}

/** Something was bought, or a contract had begun, by the end of a day. */
export const hasBegun = (
  { purchases, contracts }: Pick<Facts, 'purchases' | 'contracts'>,
  day: Day,
): boolean =>
  purchases.some((purchase) => purchase.day <= day) || contracts.some(({ startsOn }) => startsOn <= day);

/** Everything that is so before a window begins is so on this day: its state is read at the last instant before. */
export const eveOf = (start: Day): Day => dayBefore(start);
