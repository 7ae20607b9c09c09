/**
 * Subscription messages in batches that adapt by themselves: whatever has arrived by the time the last batch
 * was committed. One event when it is quiet, many when it is not.
 */
import type { SubscriptionMessage, StoredEvent } from '#event-store/port.js';

export async function* batches(
  messages: AsyncIterable<SubscriptionMessage>,
  limit: number,
): AsyncGenerator<StoredEvent[]> {
  const iterator = messages[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
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
    await iterator.return?.();
  }
}

const turn = (): Promise<null> => new Promise((resolve) => setImmediate(resolve, null));
