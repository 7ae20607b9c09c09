/** Stored events as NDJSON, as they are: whoever has the lines checks the chain without trusting the server. */
import type { StoredEvent } from '#event-store/port.js';

/** @throws the reason of the signal when it aborts: a part that ended in order would pass for the whole */
export async function* ndjson(
  events: AsyncIterable<StoredEvent>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const { stream, revision, position, id, type, data, metadata } of events) {
    signal.throwIfAborted();
    const line = { stream, revision: String(revision), position: String(position), id, type, data, metadata };
    yield `${JSON.stringify(line)}\n`;
  }
}
