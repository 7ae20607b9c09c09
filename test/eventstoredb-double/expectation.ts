/**
 * Whether an append may be stored, by the rules that EventStoreDB documents for expected revisions and idempotent
 * appends. With an exact revision an append is recognised by the ids that follow that revision, always. With
 * `any` and `stream_exists` it is recognised by a cache of ids that is emptied by a restart: best effort only.
 */
import type { EventLog, LogRecord, NewRecord } from './event-log.js';

/** A bigint names the revision of the last event. */
export type Expected = bigint | 'any' | 'no_stream' | 'stream_exists';

export type Outcome =
  | { readonly kind: 'stored'; readonly last: LogRecord | null }
  /** Null when the stream does not exist. */
  | { readonly kind: 'wrong expected version'; readonly actual: number | null }
  | { readonly kind: 'stream deleted' };

export function append(
  log: EventLog,
  stream: string,
  events: readonly NewRecord[],
  expected: Expected,
): Outcome {
  const state = log.streams.get(stream);
  if (state?.tombstoned) return { kind: 'stream deleted' };
  const current = (state?.records.length ?? 0) - 1;
  const softDeleted = state?.truncateBefore === Infinity;
  const wrong: Outcome = { kind: 'wrong expected version', actual: current < 0 ? null : current };
  const store = (): Outcome => ({ kind: 'stored', last: log.write(stream, events).at(-1) ?? null });
  const repeated = (last: LogRecord | undefined): Outcome => ({ kind: 'stored', last: last ?? null });

  if (expected === 'any' || expected === 'stream_exists') {
    if (expected === 'stream_exists' && softDeleted) return { kind: 'stream deleted' };
    if (expected === 'stream_exists' && current < 0) return wrong;
    const known = events
      .map(({ id }) => log.recentIds.get(id))
      .map((r) => (r?.stream === stream ? r : undefined));
    if (known.length === 0 || known[0] === undefined) return store();
    return known.includes(undefined) ? wrong : repeated(known.at(-1));
  }

  const revision = expected === 'no_stream' ? -1n : expected;
  if (revision === BigInt(current)) return store();
  if (revision > BigInt(current)) return wrong;
  const following = state?.records.slice(Number(revision) + 1, Number(revision) + 1 + events.length) ?? [];
  const first = following[0];
  if (expected === 'no_stream' && softDeleted && first?.id !== events[0]?.id) return store();
  const same = events.length > 0 && events.every(({ id }, i) => following[i]?.id === id);
  return same ? repeated(following.at(-1)) : wrong;
}
