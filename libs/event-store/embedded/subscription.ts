/**
 * A subscription is a reader that does not stop at the head. It holds one page at a time and reads the next
 * when its consumer has taken the last, so a slow consumer costs time and no memory; and because catching up
 * and being live are the same reading, there is no seam between them to lose an event in.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { mustReach } from '../mark.js';
import type { Subscribe, SubscriptionMessage } from '../port.js';
import type { Pulse } from './pulse.js';
import type { Reader } from './reader.js';

export async function* subscription(
  reader: Reader,
  pulse: Pulse,
  { after = null, mark = null, filter, signal }: Subscribe,
): AsyncGenerator<SubscriptionMessage> {
  await mustReach(reader, reader.head(), { after, mark });
  let cursor = after;
  let behind = true;
  while (!signal?.aborted) {
    const seen = pulse.now();
    const { events, through, atHead } = reader.page(cursor, filter);
    for (const event of events) {
      yield { kind: 'event', event };
      if (signal?.aborted) return;
    }
    // A page that ends in events that do not match says so, for a checkpoint to move on.
    if (through !== null && through !== (events.at(-1)?.position ?? cursor))
      yield { kind: 'passed', position: through };
    cursor = through;

    if (!atHead) {
      behind = true;
      await turn();
      continue;
    }
    await mustReach(reader, reader.head(), { after: cursor });
    if (behind) yield { kind: 'caught-up', position: cursor };
    behind = false;
    await pulse.changedSince(seen, signal);
  }
}
