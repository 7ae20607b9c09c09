/**
 * Subscriptions to one stream: what it has, caught-up, and what comes. A stream need not exist yet; 23.10 says that it has
 * caught up with one only once that does.
 */
import type { EventLog } from './event-log.js';
import { CAUGHT_UP, encodeConfirmation } from './messages.js';
import type { Outlet } from './outlet.js';
import { streamNameOf } from './protocol.js';
import type { ReadOptions } from './reading.js';
import * as refusals from './refusals.js';
import { firstOf } from './stream-state.js';
import type { Version } from './version.js';

type Out = Pick<Outlet<unknown>, 'closed' | 'event' | 'message' | 'fail' | 'signal'>;

export async function subscribeToStream(
  log: EventLog,
  options: ReadOptions,
  out: Out,
  version: Version,
): Promise<void> {
  const stream = streamNameOf(options.getStream()?.getStreamIdentifier());
  if (stream === '') return out.fail(refusals.unexpected('ReadStreamResult'));
  log.readers.add(out.signal.notify);
  try {
    if (log.streams.get(stream)?.tombstoned) return out.fail(refusals.streamDeleted(stream));
    await out.message(encodeConfirmation(crypto.randomUUID()));
    const from = options.getStream();
    let next = from?.hasRevision() ? Number(from.getRevision()) + 1 : 0;
    if (from?.hasEnd()) next = log.streams.get(stream)?.records.length ?? 0;
    for (let caughtUp = false; !out.closed;) {
      const state = log.streams.get(stream);
      if (state?.tombstoned) return out.fail(refusals.streamDeleted(stream));
      const record = state?.records[Math.max(next, firstOf(state))];
      if (record) {
        await out.event(record.message);
        next = record.revision + 1;
        continue;
      }
      const isThere = (state?.records.length ?? 0) > (state?.truncateBefore ?? 0);
      if (!caughtUp && (isThere || from?.hasEnd() || version !== '23.10.8')) {
        await out.message(CAUGHT_UP);
        caughtUp = true;
      } else await out.signal.wait();
    }
  } finally {
    log.readers.delete(out.signal.notify);
  }
}
