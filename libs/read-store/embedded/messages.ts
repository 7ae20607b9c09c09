/** What the calling thread and the writer say to each other. An error keeps its kind, which a copy would lose. */
import type { Position } from '#event-store/port.js';
import type { Said } from '#sqlite/index.js';
import {
  LeaseLost,
  ReadStoreUnavailable,
  UnknownCollection,
  WrongCheckpoint,
  type Collection,
  type CollectionCommit,
  type Lease,
} from '../port.js';

export type Write =
  | {
      readonly kind: 'commit';
      readonly commits: readonly CollectionCommit[];
      readonly leases: readonly Lease[];
    }
  | {
      readonly kind: 'begin';
      readonly collection: Collection;
      readonly progress: string;
      readonly partitions: number;
      readonly about: string;
    }
  | { readonly kind: 'describe'; readonly collection: Collection; readonly about: string }
  | { readonly kind: 'activate'; readonly view: string; readonly collection: Collection }
  | { readonly kind: 'drop'; readonly collection: Collection }
  | { readonly kind: 'compact' }
  | { readonly kind: 'lease'; readonly name: string; readonly holder: string; readonly ttlMs: number }
  | { readonly kind: 'release'; readonly lease: Lease };

/** The lease that was asked for and taken; null where it was not, and for every other write. */
export type Answer = Lease | null;

/** Answered by number: a drop takes several turns, and what follows it does not wait for the last of them. */
export type ToWriter =
  { readonly kind: 'write'; readonly number: number; readonly write: Write } | { readonly kind: 'close' };

export type FromWriter =
  | { readonly number: number; readonly failure: null; readonly answer: Answer }
  | { readonly number: number; readonly failure: Failure };

export type Failure =
  | {
      readonly kind: 'wrong checkpoint';
      readonly collection: Collection;
      readonly expected: Position | null;
      readonly actual: Position | null;
      readonly partition: number;
    }
  | { readonly kind: 'unknown collection'; readonly collection: Collection }
  | { readonly kind: 'lease lost'; readonly lease: Lease }
  | { readonly kind: 'not allowed'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string; readonly said: Said | null };

/** @param said what lies behind it, where that is the file */
export function failureOf(error: unknown, said: Said | null): Failure {
  if (error instanceof WrongCheckpoint) {
    const { collection, expected, actual, partition } = error;
    return { kind: 'wrong checkpoint', collection, expected, actual, partition };
  }
  if (error instanceof UnknownCollection) return { kind: 'unknown collection', collection: error.collection };
  if (error instanceof LeaseLost) return { kind: 'lease lost', lease: error.lease };
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof TypeError
    ? { kind: 'not allowed', message }
    : { kind: 'unavailable', message, said };
}

export function errorOf(failure: Failure): Error {
  switch (failure.kind) {
    case 'wrong checkpoint': {
      const { collection, expected, actual, partition } = failure;
      return new WrongCheckpoint(collection, expected, actual, partition);
    }
    case 'unknown collection':
      return new UnknownCollection(failure.collection);
    case 'lease lost':
      return new LeaseLost(failure.lease);
    case 'not allowed':
      return new TypeError(failure.message);
    case 'unavailable':
      return new ReadStoreUnavailable(failure.message);
  }
}
