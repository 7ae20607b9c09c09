/** One version of an account in months: who is there at each, what is paid and what was bought, for windows to be counted by. */
import { monthOf, plus, type Month, type Whole } from '#kernel';
import type { RetentionRules } from '#retention/events.js';
import { boundariesOf, eveOfMonth, staysOf, type Stretch } from '../account/presence.js';
import { isInForce, versionOf, yearlyPriceOn, type Facts, type Version } from '../account/version.js';
import { revenueOf } from '../account/sales.js';
import type { Lens } from './lens.js';

export interface Frame {
  readonly version: Version;
  readonly rules: RetentionRules;
  readonly stays: readonly Stretch[];
  /** The months in which the stays begin. */
  readonly comings: readonly Month[];
  /** The months at whose start somebody is there who was not a month before, or the other way round. */
  readonly bounds: readonly Month[];
  isThere(month: Month): boolean;
}

export function frameOf(version: Version, rules: RetentionRules): Frame {
  const stays = staysOf(version, rules.inactivityDays);
  const ranges = stays.map(boundariesOf);
  return {
    version,
    rules,
    stays,
    comings: stays.map(({ from }) => monthOf(from)),
    bounds: ranges.flatMap(({ from, to }) => (to === null ? [from] : [from, to])),
    isThere: (month) => ranges.some(({ from, to }) => month >= from && (to === null || month < to)),
  };
}

/** The months at which a window may come to have something else in it: it is counted at these, and at no others. */
export function turningPoints(bounds: readonly Month[], lens: Lens, lags: readonly number[]): Month[] {
  const months = new Set<Month>(bounds);
  for (const bound of bounds) for (const lag of lags) months.add(bound - lag);
  for (const day of lens.changes) months.add(monthOf(day) + 1);
  return [...months].sort((a, b) => a - b);
}

const present = new WeakMap<object, { readonly rules: RetentionRules; readonly frame: Frame }>();

/** The frame of all that is known, remembered by the document that it is of: it is asked for more than once an event. */
export function presentFrame(document: object, facts: Facts, rules: RetentionRules): Frame {
  const known = present.get(document);
  if (known?.rules === rules) return known.frame;
  const frame = frameOf(versionOf(facts, null), rules);
  present.set(document, { rules, frame });
  return frame;
}

/** A year's price of the contracts in force on the last day before a month, in the reporting currency. */
export function yearlyAt({ version: { contracts }, rules: { currency } }: Frame): (month: Month) => Whole {
  const known = new Map<Month, Whole>();
  return (month) => {
    let yearly = known.get(month);
    if (yearly === undefined) {
      yearly = yearlyOn(contracts, eveOfMonth(month), currency);
      known.set(month, yearly);
    }
    return yearly;
  };
}

/** A year's price of the contracts in force on a day. */
export function yearlyOn(contracts: Version['contracts'], day: string, currency: string): Whole {
  let yearly: Whole = 0;
  for (const contract of contracts) {
    if (!isInForce(contract, day)) continue;
    const price = yearlyPriceOn(contract, day);
    if (price?.currency === currency) yearly = plus(yearly, price.minor);
  }
  return yearly;
}

/** The months at whose start another price may hold than a month before. */
export const pricesChange = ({ version: { contracts } }: Frame): Month[] =>
  contracts.flatMap(({ startsOn, endsOn, prices }) =>
    [startsOn, endsOn ?? startsOn, ...prices.map(({ from }) => from)].map((day) => monthOf(day) + 1),
  );

/** Revenue by month. */
export function revenueByMonth({ version: { days } }: Frame): ReadonlyMap<Month, Whole> {
  const months = new Map<Month, Whole>();
  for (const day of days) {
    const month = monthOf(day.day);
    months.set(month, plus(months.get(month) ?? 0, revenueOf(day)));
  }
  return months;
}
