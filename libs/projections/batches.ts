/**
 * Events a few at a time. Those of a subscription in batches that adapt by themselves: whatever has arrived by
 * the time the last batch was committed. One event when it is quiet, many when it is not.
 */
import type { SubscriptionMessage, StoredEvent } from '#event-store/port.js';

export async function* batches(
  messages: AsyncIterable<SubscriptionMessage>,
  limit: number,
): AsyncGenerator<StoredEvent[]> {
  const iterator = messages[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const batch: StoredEvent[] = [];
      let result = await next;
      for (;;) {
        if (result.done) {
          if (batch.length > 0) yield batch;
          return;
        }
        if (result.value.kind === 'event') batch.push(result.value.event);
        next = iterator.next();
        if (batch.length >= limit) break;
        const arrived = await Promise.race([next, turn()]);
        if (arrived === null) break;
        result = arrived;
      }
      if (batch.length > 0) yield batch;
    }
  } finally {
    // A message is still being waited for, and to wait for the end would be to wait for it: whoever breaks off
    // aborts the subscription as well.
    next.catch(() => undefined);
    void iterator.return?.();
  }
}

/** A stretch of the log in pieces of one size, of which the last may be shorter. */
export async function* pieces(
  events: AsyncIterable<StoredEvent>,
  size: number,
): AsyncGenerator<StoredEvent[]> {
  let piece: StoredEvent[] = [];
  for await (const event of events) {
    piece.push(event);
    if (piece.length < size) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

const turn = (): Promise<null> => new Promise((resolve) => setImmediate(resolve, null));
