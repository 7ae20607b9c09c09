/** Declared defections as of a day, each with its cause and the customer's return. */
import { dayOf, type Day } from './calendar.js';
import { asRecorded, byName, every, type Money, type RecordedEvent } from './events.js';
import { occurred, type Moment } from './purchases.js';

export interface Defection {
  readonly defectionId: string;
  /** The day on which it was told: that of the event. */
  readonly announcedOn: Day;
  /** First day without the customer. */
  readonly effectiveOn: Day;
  /** First day with the customer again, by the last win-back of this defection; it may lie ahead. */
  readonly returnedOn: Day | null;
  /** The root cause that was attributed last, else the reason as first told. */
  readonly cause: string;
  /** Null until a root cause is attributed. */
  readonly controllable: boolean | null;
  /** The worth of a year of the customer, where it was declared. */
  readonly yearlyValue: Money | null;
}

/** One that was retracted never was. */
export function defectionsAsOf(events: readonly RecordedEvent[], moment: Moment): Defection[] {
  const past = events.filter(({ occurredAt }) => occurred(occurredAt, moment));
  const declared = new Map(every(past, 'CustomerDefected').map((event) => [event.data.defectionId, event]));
  const retracted = every(past, 'DefectionRetracted').map(({ data }) => data.defectionId);
  return [...declared.values()]
    .filter(({ data }) => !retracted.includes(data.defectionId))
    .map(({ data: { defectionId, effectiveOn, reason, yearlyValue }, occurredAt }) => {
      const attributed = asRecorded(every(past, 'RootCauseAttributed'))
        .filter(({ data }) => data.defectionId === defectionId)
        .at(-1)?.data;
      const wonBack = asRecorded(every(past, 'CustomerWonBack'))
        .filter(({ data }) => data.defectionId === defectionId)
        .at(-1)?.data;
      return {
        defectionId,
        announcedOn: dayOf(occurredAt, moment.zone),
        effectiveOn,
        returnedOn: wonBack?.returnedOn ?? null,
        cause: attributed?.cause ?? reason,
        controllable: attributed?.controllable ?? null,
        yearlyValue: yearlyValue ?? null,
      };
    })
    .sort((a, b) => byName(a.effectiveOn, b.effectiveOn) || byName(a.defectionId, b.defectionId));
}

/** Taken back before it took effect: the customer stayed. */
export const withdrawn = ({ effectiveOn, returnedOn }: Defection): boolean =>
  returnedOn !== null && returnedOn <= effectiveOn;
