/** What the calling thread and the writer say to each other. An error keeps its kind, which a copy would lose. */
import type { Position } from '#event-store/port.js';
import { ReadStoreUnavailable, WrongCheckpoint, type Collection, type CollectionCommit } from '../port.js';

export type Write =
  | { readonly kind: 'commit'; readonly commits: readonly CollectionCommit[] }
  | { readonly kind: 'begin'; readonly collection: Collection; readonly progress: string }
  | { readonly kind: 'activate'; readonly view: string; readonly collection: Collection }
  | { readonly kind: 'drop'; readonly collection: Collection }
  | { readonly kind: 'compact' };

/** Answered by number: a drop takes several turns, and what follows it does not wait for the last of them. */
export type ToWriter =
  { readonly kind: 'write'; readonly number: number; readonly write: Write } | { readonly kind: 'close' };

export interface FromWriter {
  readonly number: number;
  readonly failure: Failure | null;
}

export type Failure =
  | {
      readonly kind: 'wrong checkpoint';
      readonly collection: Collection;
      readonly expected: Position | null;
      readonly actual: Position | null;
    }
  | { readonly kind: 'not allowed'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

export function failureOf(error: unknown): Failure {
  if (error instanceof WrongCheckpoint) {
    const { collection, expected, actual } = error;
    return { kind: 'wrong checkpoint', collection, expected, actual };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: error instanceof TypeError ? 'not allowed' : 'unavailable', message };
}

export function errorOf(failure: Failure): Error {
  switch (failure.kind) {
    case 'wrong checkpoint':
      return new WrongCheckpoint(failure.collection, failure.expected, failure.actual);
    case 'not allowed':
      return new TypeError(failure.message);
    case 'unavailable':
      return new ReadStoreUnavailable(failure.message);
  }
}
