/**
 * A purchase as it was known at the end of a day: what was bought by then, as corrected by then, less what was taken back by
 * then. From its facts follow its effects on the days: what was sold on a day, and what was known of it only later.
 */
import { dayIn, portion, type Day, type Money, type Whole } from '#kernel';
import { inOrder, type At, type CorrectionFact, type Lines, type PurchaseFacts } from './account.js';

/** What is left of a purchase that was not wholly taken back. */
export interface Sold {
  readonly day: Day;
  readonly currency: string;
  /** The amount less refunds; 0 for what was free. */
  readonly net: Whole;
  /** The part of the margin that goes with it; null where none was recorded. */
  readonly margin: Whole | null;
  /** `net` and `margin` by product; of '' what the lines do not tell. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly product: string;
  readonly net: Whole;
  readonly margin: Whole | null;
}

/** What is to be added to a day, or taken from it. */
export interface Effect {
  readonly sign: 1 | -1;
  /** Empty where it was so from the day itself on; else the later day on which it came to be so. */
  readonly known: Day | '';
  readonly sold: Sold;
}

export function effectsOf(facts: PurchaseFacts, zone: string): Effect[] {
  const effects: Effect[] = [];
  let before: Sold | null = null;
  for (const day of daysOfChange(facts, zone)) {
    const sold = soldAsOf(facts, day, zone);
    if (before !== null && !isSame(before, sold)) effects.push(effect(-1, before, day));
    if (sold !== null && !isSame(sold, before)) effects.push(effect(1, sold, day));
    before = sold;
  }
  return effects;
}

const effect = (sign: 1 | -1, sold: Sold, day: Day): Effect => ({
  sign,
  known: day > sold.day ? day : '',
  sold,
});

const isSame = (a: Sold, b: Sold | null): boolean =>
  b !== null && JSON.stringify(key(a)) === JSON.stringify(key(b));

const key = ({ day, currency, net, margin, parts }: Sold) => [
  day,
  currency,
  String(net),
  String(margin),
  parts.map((part) => [part.product, String(part.net), String(part.margin)]),
];

function daysOfChange(facts: PurchaseFacts, zone: string): Day[] {
  const instants = [facts.at, facts.retracted, ...changes(facts.corrected)];
  for (const { at, retracted, corrected } of Object.values(facts.refunds))
    instants.push(at, retracted, ...changes(corrected));
  const days = new Set<Day>();
  for (const instant of instants) if (instant !== undefined) days.add(dayIn(zone, instant));
  return [...days].sort();
}

const changes = (corrected: readonly At<CorrectionFact>[]) =>
  corrected.flatMap(({ at, occurredAt }) => [at, occurredAt]);

/** Null before it happened, once it was retracted, and once all of it was given back. */
function soldAsOf(facts: PurchaseFacts, asOf: string, zone: string): Sold | null {
  const occurred = (at: string | undefined): boolean => at !== undefined && dayIn(zone, at) <= asOf;
  const { at, amount, margin, lines } = corrected(
    facts,
    facts.corrected.filter(({ at }) => occurred(at)),
  );
  if (!occurred(at) || occurred(facts.retracted)) return null;
  let refunded: Whole = 0;
  for (const refund of Object.values(facts.refunds)) {
    const now = corrected(
      refund,
      refund.corrected.filter(({ at }) => occurred(at)),
    );
    if (!occurred(now.at) || occurred(refund.retracted) || now.amount.currency !== amount.currency) continue;
    refunded = Number(refunded) + now.amount.minor;
  }
  if (amount.minor > 0 && refunded >= amount.minor) return null;
  const net = Math.max(0, amount.minor - Number(refunded));
  const kept =
    margin === undefined || margin.currency !== amount.currency
      ? null
      : amount.minor === 0
        ? margin.minor
        : portion(margin.minor, net, amount.minor);
  return {
    day: dayIn(zone, at),
    currency: amount.currency,
    net,
    margin: kept,
    parts: partsOf(lines, amount, net, kept),
  };
}

interface Correctable {
  readonly at: PurchaseFacts['at'];
  readonly amount: Money;
  readonly margin?: Money;
  readonly lines?: Lines;
}

function corrected(facts: Correctable, corrections: readonly At<CorrectionFact>[]): Correctable {
  let now: Correctable = facts;
  for (const { occurredAt, amount, margin, lines } of inOrder(corrections)) {
    const scaledLines = lines ?? scaled(now, amount);
    now = {
      at: occurredAt ?? now.at,
      amount: amount ?? now.amount,
      ...optional('margin', margin ?? now.margin),
      ...optional('lines', scaledLines),
    };
  }
  return now;
}

const optional = <K extends string, V>(name: K, value: V | undefined): { readonly [N in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [N in K]?: V };

/** A corrected amount alone scales the lines. */
function scaled({ lines, amount }: Correctable, to: Money | undefined): Lines | undefined {
  if (to === undefined || amount.minor === 0) return lines;
  return lines?.map((line) =>
    line.amount === undefined
      ? line
      : {
          ...line,
          amount: {
            minor: Number(portion(line.amount.minor, to.minor, amount.minor)), // no more than `to`
            currency: to.currency,
          },
        },
  );
}

function partsOf(lines: Lines | undefined, amount: Money, net: Whole, margin: Whole | null): Part[] {
  if (lines === undefined || lines.length === 0) return [{ product: '', net, margin }];
  const told = new Map<string, number>();
  let sum = 0;
  for (const { product, amount: line } of lines) {
    const minor = line?.currency === amount.currency ? line.minor : 0;
    told.set(product, (told.get(product) ?? 0) + minor);
    sum += minor;
  }
  const untold = amount.minor - sum;
  if (untold > 0) told.set('', (told.get('') ?? 0) + untold);
  const products = [...told.keys()].sort((a, b) => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1));
  const weights = products.map((product) => told.get(product)!); // keys of it
  const nets = split(Number(net), weights);
  const margins = margin === null ? null : split(Number(margin), weights);
  return products.map((product, place) => ({
    product,
    net: nets[place]!, // one for each weight
    margin: margins === null ? null : margins[place]!,
  }));
}

/** Parts that add up to the whole: what rounding down leaves goes to the largest remainders, among equal ones to the first. */
function split(whole: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return weights.map((_, place) => (place === 0 ? whole : 0));
  const size = BigInt(Math.abs(whole));
  const shares = weights.map((weight, place) => {
    const exact = size * BigInt(weight);
    return { place, part: Number(exact / BigInt(total)), rest: exact % BigInt(total) };
  });
  let missing = Math.abs(whole) - shares.reduce((sum, { part }) => sum + part, 0);
  for (const share of [...shares].sort((a, b) =>
    a.rest === b.rest ? a.place - b.place : a.rest > b.rest ? -1 : 1,
  )) {
    if (missing-- <= 0) break;
    share.part++;
  }
  return shares.map(({ part }) => (whole < 0 ? 0 - part : part));
}
