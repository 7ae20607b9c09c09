/**
 * Which of a customer's events make the state of another time, and in which order they are folded. Pure.
 *
 * As it was known: the events recorded by then. As it truly was: everything known today, of which only what had
 * happened by then counts, in the order in which it happened. A correction or retraction says what was true all along,
 * and so it belongs to the time of the touchpoint it is about; and where a correction moves a touchpoint in time, the
 * touchpoint's own time is the corrected one.
 */
import type { Instant, Recorded } from '#kernel';
import type { TouchpointEvent } from '#touchpoints/events.js';

export type AsOf =
  | { readonly kind: 'now' }
  | { readonly kind: 'position'; readonly position: bigint }
  | { readonly kind: 'known'; readonly at: Instant }
  | { readonly kind: 'true'; readonly at: Instant };

/** @param history all events of the customer, by revision */
export function eventsAsOf(history: readonly Recorded[], asOf: AsOf): readonly Recorded[] {
  switch (asOf.kind) {
    case 'now':
      return history;
    case 'position':
      return history.filter(({ position }) => position <= asOf.position);
    case 'known':
      return history.filter(({ recordedAt }) => recordedAt <= asOf.at);
    case 'true':
      return happenedBy(history, asOf.at);
    default:
      return asOf satisfies never;
  }
}

function happenedBy(history: readonly Recorded[], at: Instant): readonly Recorded[] {
  const times = touchpointTimes(history);
  const timeOf = (event: Recorded): string => times.get(touchpointOf(event) ?? '') ?? event.occurredAt;
  return history
    .map((event) => ({ event, time: timeOf(event) }))
    .filter(({ time }) => time <= at)
    .sort((a, b) => (a.time === b.time ? 0 : a.time < b.time ? -1 : 1)) // stable: equal times stay by revision
    .map(({ event }) => event);
}

/** When each touchpoint truly happened: as the last correction of its time says, else as it was recorded. */
function touchpointTimes(history: readonly Recorded[]): Map<string, string> {
  const times = new Map<string, string>();
  for (const event of history) {
    const touchpoint = touchpointOf(event);
    if (touchpoint === null) continue;
    if (isCorrection(event)) times.set(touchpoint, event.data.occurredAt ?? times.get(touchpoint) ?? '');
    else if (event.type !== RETRACTED) times.set(touchpoint, event.occurredAt);
  }
  return times;
}

const touchpointOf = ({ data }: Recorded): string | null =>
  'touchpointId' in data ? (data.touchpointId as string) : null; // every event that has one has it as text

type Corrected = Extract<TouchpointEvent, { type: 'TouchpointCorrected' }>;
const CORRECTED: Corrected['type'] = 'TouchpointCorrected';
const RETRACTED: TouchpointEvent['type'] = 'TouchpointRetracted';

const isCorrection = (event: Recorded): event is Recorded<Corrected> => event.type === CORRECTED;
