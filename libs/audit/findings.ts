/** What verification finds, in words. */
import type { IndexFault, Position, Revision, StoredEvent } from '#event-store/port.js';
import type { Checkpoint } from './checkpoint.js';
import type { Contradiction, Sighting } from './witnesses.js';

export interface Wrong {
  readonly kind:
    | 'changed' // not the event that was appended here
    | 'missing' // removed, or moved behind later ones
    | 'misplaced' // doubled, inserted, or moved
    | 'cut_off' // the newest are no longer there
    | 'not_as_seen' // sound in itself, but not what a view has read
    | 'not_as_certified' // sound in itself, but not what the checkpoint was taken of
    | 'misindexed'; // readers do not find it as it is stored, or find what is not stored
  /** Null where only the place in the log is known. */
  readonly stream: string | null;
  readonly revision: string | null;
  readonly position: string | null;
  readonly id: string | null;
  readonly reason: string;
}

export interface Broken {
  readonly verdict: 'broken';
  readonly events: number;
  /** The first of each stream, as it was come upon; at most 100. */
  readonly wrong: readonly [Wrong, ...Wrong[]];
}

const MOST_NAMED = 100;

/** After the first wrong event of a stream nothing in it can be told: only that one is named. */
export class Findings {
  private readonly wrong: Wrong[] = [];
  private readonly streams = new Set<string>();

  concern(stream: string): boolean {
    return this.streams.has(stream);
  }

  add(wrong: Wrong): void {
    if (wrong.stream !== null && this.streams.has(wrong.stream)) return;
    if (wrong.stream !== null) this.streams.add(wrong.stream);
    if (this.wrong.length < MOST_NAMED) this.wrong.push(wrong);
  }

  report(events: number): Broken | null {
    const [first, ...others] = this.wrong;
    return first === undefined ? null : { verdict: 'broken', events, wrong: [first, ...others] };
  }
}

const NOWHERE = { stream: null, revision: null, position: null, id: null };

export const placeOf = ({
  stream,
  revision,
  position,
  id,
}: StoredEvent): Pick<Wrong, 'stream' | 'revision' | 'position' | 'id'> => ({
  stream,
  revision: String(revision),
  position: String(position),
  id,
});

export const gap = (from: Position, { position }: StoredEvent): Wrong => ({
  ...NOWHERE,
  kind: 'missing',
  position: String(from),
  reason: `is not there: position ${position} comes next`,
});

/** @param last revision that is there */
export const cutOff = ({ by, stream, revision }: Sighting, last: Revision): Wrong => ({
  ...NOWHERE,
  kind: 'cut_off',
  stream,
  revision: String(last + 1n),
  reason: `is not there: ${by} has seen the stream up to revision ${revision}`,
});

export const logCutOff = (by: string, reached: Position, end: Position): Wrong => ({
  ...NOWHERE,
  kind: 'cut_off',
  position: String(end + 1n),
  reason: `is not there: ${by} has seen the log up to position ${reached}`,
});

export const notAsSeen = ({ by, mark, event }: Contradiction): Wrong => ({
  ...(event === null ? { ...NOWHERE, position: String(mark.position) } : placeOf(event)),
  kind: 'not_as_seen',
  reason: `is not what ${by} has read here, the event ${mark.id}`,
});

export const notAsCertified = ({ position }: Checkpoint): Wrong => ({
  ...NOWHERE,
  kind: 'not_as_certified',
  position: String(position),
  reason: 'up to here the log is not the one that the checkpoint was taken of',
});

export const misindexed = (fault: IndexFault): Wrong => ({ ...fault, kind: 'misindexed', id: null });
