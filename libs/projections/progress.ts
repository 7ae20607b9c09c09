/** What is kept beside the checkpoint of one partition of a collection. */
import { readMark, writeMark, type Mark } from '#event-store/mark.js';
import type { Position } from '#event-store/port.js';
import type { Collection, ReadStore } from '#read-store/port.js';
import type { UnreadTypes } from './unread.js';

export interface Progress {
  /** Events of the log up to the checkpoint, whether or not the view is made of them. */
  readonly delivered: number;
  /** Events of this partition waiting because they could not be folded. */
  readonly parked: number;
  /** It has stood at the head of the log with all of the log delivered: once all have, the collection takes over. */
  readonly complete: boolean;
  /** The event at the checkpoint; null where it has seen nothing. */
  readonly at: Mark | null;
  /** Events of this partition that this build could not read, whatever view they are for. */
  readonly unread: UnreadTypes;
}

export const NO_PROGRESS: Progress = { delivered: 0, parked: 0, complete: false, at: null, unread: {} };

export const writeProgress = ({ at, ...rest }: Progress): string =>
  JSON.stringify({ ...rest, at: at === null ? null : writeMark(at) });

export function readProgress(text: string): Progress {
  const { at, ...rest } = JSON.parse(text) as Omit<Progress, 'at'> & { readonly at: string | null };
  return { ...rest, at: at === null ? null : readMark(at) };
}

export interface CollectionProgress {
  /** Of the partition that is behind all others. */
  readonly checkpoint: Position | null;
  readonly progress: Progress;
  /** The events at the checkpoints of the partitions. */
  readonly marks: readonly Mark[];
}

/** The whole collection: as far as the partition that is behind all others. Null where the collection is not there. */
export async function progressOf(
  store: ReadStore,
  collection: Collection,
): Promise<CollectionProgress | null> {
  const states = await store.states(collection);
  if (states.length === 0) return null;
  let checkpoint: Position | null | undefined;
  let progress: Progress | undefined;
  const marks = new Map<Position, Mark>();
  for (const state of states) {
    const one = readProgress(state.progress);
    if (one.at !== null) marks.set(one.at.position, one.at);
    if (checkpoint === undefined || before(state.checkpoint, checkpoint)) checkpoint = state.checkpoint;
    progress = progress === undefined ? one : together(progress, one);
  }
  return { checkpoint: checkpoint ?? null, progress: progress ?? NO_PROGRESS, marks: [...marks.values()] };
}

const together = (a: Progress, b: Progress): Progress => ({
  delivered: Math.min(a.delivered, b.delivered),
  parked: a.parked + b.parked,
  complete: a.complete && b.complete,
  at: a.at,
  unread: sumOf(a.unread, b.unread),
});

function sumOf(a: UnreadTypes, b: UnreadTypes): UnreadTypes {
  const sum: Record<string, UnreadTypes[string]> = { ...a };
  for (const [type, { events, first, reason }] of Object.entries(b))
    sum[type] = { events: events + (sum[type]?.events ?? 0), first, reason };
  return sum;
}

const before = (a: Position | null, b: Position | null): boolean => b !== null && (a === null || a < b);
