/**
 * What the calling thread and the writer say to each other. Texts and numbers travel in two flat arrays: a
 * message of objects costs several times as much to copy between threads.
 */
import type { Said } from '#sqlite/index.js';
import type { ExpectedRevision, NewEvent } from '../port.js';

/** Per append: `numbers` has the expectation and the count of events; `texts` has the stream, then per event four texts. */
export interface Batch {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}

export const TEXTS_PER_EVENT = 4;

/** Per append three numbers: the verdict, a revision and a position. */
export type Verdicts = readonly number[];
export const NUMBERS_PER_VERDICT = 3;

/** The append is in the log, now or since an earlier attempt: revision and position of its last event. */
export const APPENDED = 0;
/** The append was refused: the revision the stream is at, or NO_STREAM. */
export const WRONG_REVISION = 1;

export type FromWriter =
  | { readonly kind: 'open' }
  | { readonly kind: 'committed'; readonly verdicts: Verdicts }
  /** The whole batch was rolled back, or went into a file that is gone. */
  | { readonly kind: 'failed'; readonly reason: string; readonly said: Said | null }
  /** The log could not be opened; the writer has ended. */
  | { readonly kind: 'refused'; readonly reason: string; readonly said: Said | null };

export type ToWriter = { readonly kind: 'batch'; readonly batch: Batch } | { readonly kind: 'close' };

/** Expectations as numbers, as EventStoreDB has them on its wire: a revision, or one of these. */
export const NO_STREAM = -1;
export const ANY = -2;
export const STREAM_EXISTS = -4;

export function expectationCode(expected: ExpectedRevision): number {
  switch (expected) {
    case 'any':
      return ANY;
    case 'no_stream':
      return NO_STREAM;
    case 'stream_exists':
      return STREAM_EXISTS;
    default:
      return Number(expected);
  }
}

/** Writes one append to the end of a batch under construction. */
export function pack(
  numbers: number[],
  texts: string[],
  stream: string,
  events: readonly NewEvent[],
  expected: ExpectedRevision,
): void {
  numbers.push(expectationCode(expected), events.length);
  texts.push(stream);
  for (const { id, type, data, metadata } of events) texts.push(id, type, data, metadata);
}
