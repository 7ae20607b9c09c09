/** Shared by the writers of events: what is known of a customer so far, and how ids, money and times are made. */
import { Temporal } from 'temporal-polyfill';
import { startOfDay, type Day } from './calendar.js';
import type { DataOf, Money } from './events.js';
import type { Fact, When } from './history-facts.js';

/** All that is known of one customer while its facts are gone through. */
export interface Kept {
  erased: boolean;
  readonly purchases: Bought[];
  readonly contracts: {
    readonly id: string;
    readonly start: Day;
    /** As the last cancellation says, unless it was withdrawn. */
    notice: { readonly noticeOn: Day; readonly endsOn: Day } | null;
    retracted: boolean;
    readonly currency: string;
  }[];
  readonly defections: {
    readonly id: string;
    readonly effectiveOn: Day;
    back: boolean;
    retracted: boolean;
  }[];
}

export interface Bought {
  readonly id: string;
  readonly currency: string;
  minor: number;
  taken: number;
  at: string;
  gone: boolean;
}

export type Put = <T extends keyof DataOf>(type: T, data: DataOf[T], occurredAt: string) => void;

export type FactOf<K extends Fact['is']> = Extract<Fact, { is: K }>;

/** The thing that a fact refers to; counted round, so that it refers to something wherever there is anything. */
export const placed = <T>(things: readonly T[], place: number): T | undefined =>
  things[place % Math.max(1, things.length)];

/** Readable in a counterexample, and a UUID all the same. */
export const idOf = (kind: number, number: number): string =>
  `0${kind}000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

export const instantOf = ({ day, minute }: Pick<When, 'day' | 'minute'>, zone: string): string =>
  Temporal.PlainDate.from(day)
    .toZonedDateTime({
      timeZone: zone,
      plainTime: Temporal.PlainTime.from({ hour: 0 }).add({ minutes: minute }),
    })
    .toInstant()
    .toString({ fractionalSecondDigits: 3 });

/** A fact that is dated back occurred on its day (domain.md D11); one that is dated ahead occurred when it was told. */
export const occurredOn = (dated: Day, fact: When, zone: string): string =>
  dated <= fact.day ? startOfDay(dated, zone) : instantOf(fact, zone);

export const money = (minor: number, foreign = false): Money => ({
  minor,
  currency: foreign ? 'EUR' : 'GBP',
});
