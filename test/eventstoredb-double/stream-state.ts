/** A stream: its records, and which of them readers are given. */
import type { LogRecord } from './event-log.js';

export interface StreamState {
  readonly records: LogRecord[];
  /** Events before this revision are gone for readers; Infinity after a (soft) delete, until the next append. */
  truncateBefore: number;
  /** Readers are given so many of the last events. */
  maxCount: number;
  tombstoned: boolean;
}

export const newStream = (): StreamState => ({
  records: [],
  truncateBefore: 0,
  maxCount: Infinity,
  tombstoned: false,
});

/** The first revision that readers are given. */
export const firstOf = ({ records, truncateBefore, maxCount }: StreamState): number =>
  Math.max(truncateBefore, records.length - maxCount);

/** `$tb` of a deleted stream is the largest 64-bit integer, which JSON.parse would round. */
export const DELETED = '"$tb":9223372036854775807';

/** A delete and a limit are events on the stream's metadata stream, of which the last one says all. */
export function obey(state: StreamState, metadata: Uint8Array): void {
  const text = Buffer.from(metadata).toString();
  if (text.includes(DELETED)) state.truncateBefore = Infinity;
  state.maxCount = Number(/"\$maxCount":\s*(\d+)/.exec(text)?.[1] ?? Infinity);
}
