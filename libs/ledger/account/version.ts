/**
 * A version of an account: what it said at the end of a day. What occurs later changes nothing that was so before, with few
 * exceptions: a refund, a correction, a retraction, a root cause. Only on the days of such facts is there another version.
 */
import { addDays, dayIn, type Day, type Instant, type Money } from '#kernel';
import {
  inOrder,
  type Account,
  type CancellationFact,
  type DefectionFacts,
  type ProductAccount,
  type SubscriptionFacts,
} from './account.js';
import { firstDayOf, laterDays, salesAsOf, type DaySales, type Sales } from './sales.js';

export interface Contract {
  readonly product: string;
  readonly startsOn: string;
  /** First day without it; null while it runs. */
  readonly endsOn: string | null;
  readonly noticeOn: string | null;
  readonly reason: string | null;
  readonly interval: 'month' | 'year';
  /** In the order of days; the last of one day holds. */
  readonly prices: readonly { readonly from: string; readonly recurring: Money }[];
}

export interface Defection {
  readonly announcedOn: string;
  readonly effectiveOn: string;
  readonly returnedOn: string | null;
  readonly cause: string;
  readonly controllable: boolean | null;
  readonly yearlyValue: Money | null;
  readonly interviewed: boolean;
}

/** What of an account concerns all of it, or one product. */
export interface Version {
  /** Days on which something was bought that was not wholly taken back, in order. */
  readonly days: readonly DaySales[];
  /** By the order in which they were recorded. */
  readonly contracts: readonly Contract[];
  readonly defections: readonly Defection[];
  /** `customerSince`. */
  readonly since: string | null;
}

/** The facts that a version is made of. */
export interface Facts extends Pick<Account, 'subscriptions' | 'defections' | 'since'> {
  readonly sales: Sales;
  readonly zone: string;
  /** All of an account, one product of it, or what belongs to none. */
  readonly of: 'all' | 'product' | 'none';
  /** Where these are those of no product: all there are. */
  readonly all?: Facts;
}

export const factsOf = (account: Account, zone: string): Facts => {
  const { bought: sales, subscriptions, defections, since } = account;
  return { sales, subscriptions, defections, since, zone, of: 'all' };
};

export const factsOfProduct = (account: ProductAccount, zone: string): Facts => {
  const { sales, subscriptions, defections, since } = account;
  return { sales, subscriptions, defections, since, zone, of: 'product' };
};

/** What belongs to no product: purchases of which no line tells one, and defections of customers who had come to none. */
export function factsOfNone(account: Account, zone: string): Facts {
  const all = factsOf(account, zone);
  return { ...all, sales: account.ofNone, subscriptions: {}, of: 'none', all };
}

/**
 * A defection concerns the products that the customer had come to by then: nobody can leave what it has not come to. Where it
 * had come to none, it concerns no product.
 */
function concerned(
  facts: Facts,
  own: Pick<Version, 'days' | 'contracts'>,
  asOf: string | null,
  strictly: boolean,
) {
  if (facts.of === 'all') return () => true;
  const all = facts.all === undefined ? null : versionOf(facts.all, asOf, strictly);
  return ({ effectiveOn }: Defection): boolean =>
    hasBegun(own, effectiveOn) || (all !== null && !hasBegun(all, effectiveOn));
}

const hasBegun = ({ days, contracts }: Pick<Version, 'days' | 'contracts'>, by: string): boolean =>
  (days[0] !== undefined && days[0].day <= by) || contracts.some(({ startsOn }) => startsOn <= by);

/** Days from which on there is another version, in order: on each of them something became known of earlier days. */
export function laterVersions(facts: Facts): Day[] {
  const { zone, all } = facts;
  const days = new Set<Day>(all !== undefined && hasDefections(facts) ? laterVersions(all) : []);
  const add = (at: Instant): void => void days.add(dayIn(zone, at));
  for (const month of Object.values(facts.sales)) for (const day of laterDays(month)) days.add(day);
  for (const { at, startsOn, prices, cancelled, retracted } of Object.values(facts.subscriptions)) {
    if (retracted !== undefined) add(retracted);
    if (isLate(zone, at, startOf(facts, startsOn))) add(at);
    for (const price of prices) if (isLate(zone, price.at, price.from)) add(price.at);
    for (const one of cancelled) if (isLate(zone, one.at, fromOf(cancelled, one, noticeOf))) add(one.at);
  }
  for (const { at, effectiveOn, attributed, wonBack, retracted } of Object.values(facts.defections)) {
    if (retracted !== undefined) add(retracted);
    if (isLate(zone, at, effectiveOn)) add(at);
    for (const one of attributed) add(one.at);
    for (const one of wonBack)
      if (isLate(zone, one.at, fromOf(wonBack, one, returnOf(effectiveOn)))) add(one.at);
  }
  for (const { at } of facts.since) add(at);
  return [...days].sort();
}

const hasDefections = ({ defections }: Facts): boolean => Object.keys(defections).length > 0;

/** The first day that a fact may change. One of several supersedes others, and so may change any. */
const fromOf = <Fact>(all: readonly Fact[], one: Fact, from: (fact: Fact) => string): string =>
  all.length > 1 ? '' : from(one);

/** A contract of a customer who was there without one before makes it a customer with a contract, from its first day on. */
const startOf = ({ sales }: Facts, startsOn: string): string => {
  const first = firstDayOf(sales);
  return first !== null && first < startsOn ? '' : startsOn;
};

const noticeOf = (fact: CancellationFact): string =>
  'withdrawn' in fact ? '' : earlier(fact.noticeOn, fact.endsOn);

/** A return before the defection took effect takes back what was announced. */
const returnOf =
  (effectiveOn: string) =>
  ({ returnedOn }: { readonly returnedOn: string }): string =>
    returnedOn <= effectiveOn ? '' : returnedOn;

const isLate = (zone: string, at: Instant, from: string): boolean => dayIn(zone, at) > from;
const earlier = (a: string, b: string): string => (a < b ? a : b);

/**
 * @param asOf the last day of which anything is known, null for all that is known. What occurs after it is in the version
 * too where it changes nothing that was so by then; `strictly` leaves that out as well.
 */
export function versionOf(facts: Facts, asOf: string | null, strictly = false): Version {
  const { zone } = facts;
  const isKnown = (at: Instant, from: string): boolean => {
    if (asOf === null) return true;
    const day = dayIn(zone, at);
    return day <= asOf || (!strictly && day <= from);
  };
  const sold = salesAsOf(facts.sales, asOf);
  const days = strictly && asOf !== null ? sold.filter(({ day }) => day <= asOf) : sold;
  const contracts = Object.values(facts.subscriptions).flatMap((one) =>
    contractOf(one, startOf(facts, one.startsOn), isKnown),
  );
  return {
    days,
    contracts,
    defections: Object.values(facts.defections)
      .flatMap((one) => defectionOf(one, isKnown, zone))
      .filter(concerned(facts, { days, contracts }, asOf, strictly))
      .sort((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1)),
    since: inOrder(facts.since).findLast(({ at }) => isKnown(at, ''))?.day ?? null,
  };
}

type IsKnown = (at: Instant, from: string) => boolean;

function contractOf(facts: SubscriptionFacts, from: string, isKnown: IsKnown): Contract[] {
  const { at, product, interval, startsOn, retracted } = facts;
  if (!isKnown(at, from) || (retracted !== undefined && isKnown(retracted, ''))) return [];
  const last = facts.cancelled.findLast((one) => isKnown(one.at, fromOf(facts.cancelled, one, noticeOf)));
  const notice = last === undefined || 'withdrawn' in last ? null : last;
  const [first, ...changes] = facts.prices;
  const prices = [...(first ? [first] : []), ...inOrder(changes)] // what a contract began with comes before every change
    .filter((price) => isKnown(price.at, price.from))
    .map(({ from, recurring }) => ({ from, recurring }));
  return [
    {
      product,
      startsOn,
      endsOn: notice?.endsOn ?? null,
      noticeOn: notice?.noticeOn ?? null,
      reason: notice?.reason ?? null,
      interval,
      prices: prices.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)),
    },
  ];
}

function defectionOf(facts: DefectionFacts, isKnown: IsKnown, zone: string): Defection[] {
  const { at, effectiveOn, reason, yearlyValue, attributed, wonBack, interviewed, retracted } = facts;
  if (!isKnown(at, effectiveOn) || (retracted !== undefined && isKnown(retracted, ''))) return [];
  const told = attributed.findLast((one) => isKnown(one.at, ''));
  const returned = wonBack.findLast((one) => isKnown(one.at, fromOf(wonBack, one, returnOf(effectiveOn))));
  return [
    {
      announcedOn: dayIn(zone, at),
      effectiveOn,
      returnedOn: returned?.returnedOn ?? null,
      cause: told?.cause ?? reason,
      controllable: told?.controllable ?? null,
      yearlyValue: yearlyValue ?? null,
      interviewed: interviewed === true,
    },
  ];
}

/** Taken back before it took effect: the customer stayed. */
export const isWithdrawn = ({ effectiveOn, returnedOn }: Defection): boolean =>
  returnedOn !== null && returnedOn <= effectiveOn;

export const isInForce = ({ startsOn, endsOn }: Contract, day: string): boolean =>
  startsOn <= day && (endsOn === null || day < endsOn);

/** What a year costs at the price of a day, as it was agreed: a month's price twelve times. */
export function yearlyPriceOn({ prices, interval }: Contract, day: string): Money | null {
  const price = prices.findLast(({ from }) => from <= day)?.recurring;
  if (price === undefined) return null;
  return interval === 'year' ? price : { ...price, minor: price.minor * 12 };
}

export const eveOf = (day: string): Day => addDays(day, -1);
