/**
 * Whether an append may be stored, by the rules that EventStoreDB documents for expected revisions and idempotent
 * appends. With an exact revision an append is recognised by the ids that follow that revision, always. With
 * `any` and `stream_exists` it is recognised by a cache of ids that is emptied by a restart: best effort only.
 *
 * A server recognises a repetition as soon as it has begun to write the first, but can answer it only when that is
 * replicated; what comes in between it drops. Here those are the repetitions that came before the first was written.
 */
import type { EventLog, LogRecord, NewRecord, Offset } from './event-log.js';

/** A bigint names the revision of the last event. */
export type Expected = bigint | 'any' | 'no_stream' | 'stream_exists';

export type Outcome =
  /** The revision is null where nothing was stored in a stream that has nothing. */
  | { readonly kind: 'stored'; readonly revision: number | null; readonly offset: Offset }
  /** Null when the stream does not exist. */
  | { readonly kind: 'wrong expected version'; readonly actual: number | null }
  | { readonly kind: 'stream deleted' }
  /** The same events are being written by another call. */
  | { readonly kind: 'under way' };

/** @param begun when the call came, by the clock of `performance` */
export function append(
  log: EventLog,
  stream: string,
  events: readonly NewRecord[],
  expected: Expected,
  begun: number,
): Outcome {
  const state = log.streams.get(stream);
  if (state?.tombstoned) return { kind: 'stream deleted' };
  const current = (state?.records.length ?? 0) - 1;
  const softDeleted = state?.truncateBefore === Infinity;
  const wrong: Outcome = { kind: 'wrong expected version', actual: current < 0 ? null : current };
  const store = (): Outcome => {
    const place = { revision: current < 0 ? null : current, offset: log.end }; // of what has no events
    return { kind: 'stored', ...placeOf(log.write(stream, events).at(-1) ?? place) };
  };
  const repeated = (last: LogRecord): Outcome =>
    begun < last.writtenAt ? { kind: 'under way' } : { kind: 'stored', ...placeOf(last) };

  if (expected === 'any' || expected === 'stream_exists') {
    if (expected === 'stream_exists' && softDeleted) return { kind: 'stream deleted' };
    if (expected === 'stream_exists' && current < 0) return wrong;
    const known = events
      .map(({ id }) => log.recentIds.get(id))
      .map((r) => (r?.stream === stream ? r : undefined));
    if (known[0] === undefined) return store();
    const last = known.at(-1);
    return known.includes(undefined) || last === undefined ? wrong : repeated(last);
  }

  const revision = expected === 'no_stream' ? -1n : expected;
  if (revision === BigInt(current)) return store();
  if (revision > BigInt(current)) return wrong;
  const following = state?.records.slice(Number(revision) + 1, Number(revision) + 1 + events.length) ?? [];
  const first = following[0];
  if (expected === 'no_stream' && softDeleted && first?.id !== events[0]?.id) return store();
  const last = following.at(-1);
  return last && events.every(({ id }, i) => following[i]?.id === id) ? repeated(last) : wrong;
}

const placeOf = ({ revision, offset }: { readonly revision: number | null; readonly offset: Offset }) => ({
  revision,
  offset,
});
