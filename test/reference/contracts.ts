/**
 * Subscriptions as of a day. Those of their events count that occurred by then; the days in their data say from when on it holds,
 * which may be before or after the day itself.
 */
import type { Day } from './calendar.js';
import {
  byName,
  compare,
  every,
  asRecorded,
  type Interval,
  type Money,
  type RecordedEvent,
} from './events.js';
import { occurred, type Moment } from './purchases.js';

export interface Contract {
  readonly subscriptionId: string;
  readonly product: string;
  readonly interval: Interval;
  readonly startsOn: Day;
  /** The price of an interval, from each day on; the first is from `startsOn` on. Kept as it was agreed. */
  readonly prices: readonly Price[];
  /** When notice was given, the first day without the contract, and why. */
  readonly cancelled: { readonly noticeOn: Day; readonly endsOn: Day; readonly reason: string | null } | null;
  /** Last paid day, where the contract has terms. It ends nothing: only a cancellation does. */
  readonly paidUntil: Day | null;
}

export interface Price {
  readonly from: Day;
  readonly recurring: Money;
}

/** The contracts of one customer, by their ids. One that was retracted never was; a notice that was withdrawn ends nothing. */
export function contractsAsOf(events: readonly RecordedEvent[], moment: Moment): Contract[] {
  const past = events.filter(({ occurredAt }) => occurred(occurredAt, moment));
  const started = new Map(every(past, 'SubscriptionStarted').map(({ data }) => [data.subscriptionId, data]));
  const retracted = every(past, 'SubscriptionRetracted').map(({ data }) => data.subscriptionId);
  return [...started.values()]
    .filter(({ subscriptionId }) => !retracted.includes(subscriptionId))
    .map(({ subscriptionId, product, interval, startsOn, recurring, paidUntil }) => {
      const changes = every(past, 'SubscriptionChanged').filter(
        ({ data }) => data.subscriptionId === subscriptionId,
      );
      const notice = asRecorded(every(past, 'SubscriptionCancelled'))
        .filter(({ data }) => data.subscriptionId === subscriptionId)
        .at(-1);
      const withdrawal = asRecorded(every(past, 'CancellationWithdrawn'))
        .filter(({ data }) => data.subscriptionId === subscriptionId)
        .at(-1);
      const cancellation =
        notice && (withdrawal === undefined || withdrawal.position < notice.position)
          ? notice.data
          : undefined;
      const renewal = every(past, 'SubscriptionRenewed')
        .filter(({ data }) => data.subscriptionId === subscriptionId)
        .at(-1)?.data;
      return {
        subscriptionId,
        product,
        interval,
        startsOn,
        // A sort keeps the order of equals: of two prices from one day the later agreed one holds.
        prices: [
          { from: startsOn, recurring },
          ...changes.flatMap(({ data }) =>
            data.recurring === undefined ? [] : [{ from: data.effectiveOn, recurring: data.recurring }],
          ),
        ].sort((a, b) => compare(a.from, b.from)),
        cancelled: cancellation
          ? {
              noticeOn: cancellation.noticeOn,
              endsOn: cancellation.effectiveOn,
              reason: cancellation.reason ?? null,
            }
          : null,
        paidUntil: renewal?.paidUntil ?? paidUntil ?? null,
      };
    })
    .sort((a, b) => byName(a.subscriptionId, b.subscriptionId));
}

export const inForce = ({ startsOn, cancelled }: Contract, day: Day): boolean =>
  startsOn <= day && (cancelled === null || day < cancelled.endsOn);

/** The price that holds on a day on which the contract is in force: the last one from that day or an earlier one. */
export function priceOn({ prices }: Contract, day: Day): Money {
  const held = prices.filter(({ from }) => from <= day).at(-1);
  if (held === undefined) throw new RangeError(`There is no price on ${day}, before the contract begins.`);
  return held.recurring;
}

/** The price of a year at the price of a day: a year's price as it is, a month's price twelve times. */
export function yearlyPriceOn(contract: Contract, day: Day): Money {
  const { minor, currency } = priceOn(contract, day);
  return { minor: contract.interval === 'year' ? minor : minor * 12, currency };
}
