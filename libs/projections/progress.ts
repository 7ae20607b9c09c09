/** What is kept beside the checkpoint of one partition of a collection. */
import type { Position } from '#event-store/port.js';
import type { Collection, ReadStore } from '#read-store/port.js';

export interface Progress {
  /** Events of the log up to the checkpoint, whether or not the view is made of them. */
  readonly delivered: number;
  /** Events of this partition waiting because they could not be folded. */
  readonly parked: number;
  /** It has stood at the head of the log with all of the log delivered: once all have, the collection takes over. */
  readonly complete: boolean;
}

export const NO_PROGRESS: Progress = { delivered: 0, parked: 0, complete: false };

/** The whole collection: as far as the partition that is behind all others. Null where the collection is not there. */
export async function progressOf(
  store: ReadStore,
  collection: Collection,
): Promise<{ readonly checkpoint: Position | null; readonly progress: Progress } | null> {
  const states = await store.states(collection);
  if (states.length === 0) return null;
  let checkpoint: Position | null | undefined;
  let progress: Progress | undefined;
  for (const state of states) {
    const one = JSON.parse(state.progress) as Progress;
    if (checkpoint === undefined || before(state.checkpoint, checkpoint)) checkpoint = state.checkpoint;
    progress = progress === undefined ? one : together(progress, one);
  }
  return { checkpoint: checkpoint ?? null, progress: progress ?? NO_PROGRESS };
}

const together = (a: Progress, b: Progress): Progress => ({
  delivered: Math.min(a.delivered, b.delivered),
  parked: a.parked + b.parked,
  complete: a.complete && b.complete,
});

const before = (a: Position | null, b: Position | null): boolean => b !== null && (a === null || a < b);
