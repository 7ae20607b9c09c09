/** Reads with a count: one stream or $all, from either end, with or without a filter. They end at the head. */
import type { EventLog, LogRecord } from './event-log.js';
import { compile, filterOf, type Filter } from './filter.js';
import { encodeLastStreamPosition, encodeStreamNotFound, offsetOf } from './messages.js';
import type { Outlet } from './outlet.js';
import { streamNameOf, type streams } from './protocol.js';
import * as refusals from './refusals.js';
import { firstOf } from './stream-state.js';

export type ReadOptions = InstanceType<typeof streams.ReadReq.Options>;
type Out = Pick<Outlet<unknown>, 'closed' | 'event' | 'message' | 'fail' | 'end'>;

/** Sends between two turns of the event loop, so that a long read holds nobody up. */
const TURN = 256;

export async function read(log: EventLog, options: ReadOptions, out: Out): Promise<void> {
  if (options.hasStream()) await readStream(log, options, out);
  else await readAll(log, options, out);
  out.end();
}

async function readStream(log: EventLog, options: ReadOptions, out: Out): Promise<void> {
  const stream = streamNameOf(options.getStream()?.getStreamIdentifier());
  const forwards = options.getReadDirection() === 0;
  const count = Number(options.getCount());
  if (stream === '' || count === 0 || (forwards && options.getStream()?.hasEnd()))
    return out.fail(refusals.unexpected('ReadStreamResult'));
  const state = log.streams.get(stream);
  if (state?.tombstoned) return out.fail(refusals.streamDeleted(stream));
  if (!state || state.truncateBefore >= state.records.length)
    return out.message(encodeStreamNotFound(stream));

  const oldest = firstOf(state);
  const last = state.records.length - 1;
  const asked = options.getStream()?.hasRevision() ? Number(options.getStream()?.getRevision()) : null;
  const start = options.getStream()?.hasEnd() ? last : (asked ?? (forwards ? 0 : last));
  const from = forwards ? Math.max(start, oldest) : Math.min(start, last);
  // A backwards read from the start is a read from the first event; the client says so with `start`.
  const first = !forwards && options.getStream()?.hasStart() ? 0 : from;
  await send(state.records, first, forwards, count, out, ({ revision }) => revision >= oldest);
  if ((options.getControlOption()?.getCompatibility() ?? 0) >= 1)
    await out.message(encodeLastStreamPosition(state.records.length - 1));
}

async function readAll(log: EventLog, options: ReadOptions, out: Out): Promise<void> {
  const forwards = options.getReadDirection() === 0;
  const allows = allowsOf(options, out);
  if (!allows) return;
  const from = firstIndex(log, options, forwards);
  if (from === null) return out.fail(refusals.unexpected('ReadAllResult'));
  await send(log.records, from, forwards, Number(options.getCount()), out, allows);
}

/** Forwards from a position includes it, backwards does not. Null: there is no record at that position. */
function firstIndex(log: EventLog, options: ReadOptions, forwards: boolean): number | null {
  const all = options.getAll();
  if (all?.hasStart()) return forwards ? 0 : -1;
  if (all?.hasEnd()) return forwards ? log.records.length : log.records.length - 1;
  const commit = offsetOf(all?.getPosition()?.getCommitPosition() ?? '0', log.origin);
  const prepare = offsetOf(all?.getPosition()?.getPreparePosition() ?? '0', log.origin);
  if (!log.isBoundary(commit)) return null;
  const index = log.indexAt(commit);
  const included = log.records[index]?.offset === commit && prepare <= commit;
  if (forwards) return included ? index : index + 1;
  return index - 1;
}

async function send(
  records: readonly LogRecord[],
  from: number,
  forwards: boolean,
  count: number,
  out: Out,
  allows: (record: LogRecord) => boolean,
): Promise<void> {
  const step = forwards ? 1 : -1;
  let sent = 0;
  for (let i = from; i >= 0 && i < records.length && sent < count && !out.closed; i += step) {
    const record = records[i];
    if (i % TURN === 0) await new Promise(setImmediate);
    if (!record || !allows(record)) continue;
    await out.event(record.message);
    sent++;
  }
}

/** The compiled filter of the request; without one, everything. Null when it was refused. */
export function allowsOf(options: ReadOptions, out: Out): ((record: LogRecord) => boolean) | null {
  const filter = readFilter(options);
  if (filter === null) return () => true;
  if (filter instanceof Error) {
    out.fail(refusals.unknown(filter.message));
    return null;
  }
  try {
    return compile(filter);
  } catch (error) {
    out.fail(refusals.unknown(`Exception was thrown by handler. ${(error as Error).message}`));
    return null;
  }
}

export function readFilter(options: ReadOptions): Filter | Error | null {
  const filter = options.getFilter();
  if (!filter) return null;
  try {
    return filterOf(filter);
  } catch (error) {
    return error as Error; // filterOf throws nothing else
  }
}
