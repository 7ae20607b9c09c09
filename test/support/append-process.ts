/**
 * A process that appends to a log, for tests that need a second one or one to kill. It reports every append
 * that was acknowledged, in batches of ids, and never anything else.
 *
 *     fork(appendProcess, [path, stream prefix, writers, appends per writer or 0 for no end])
 */
import { randomUUID } from 'node:crypto';
import { openEmbeddedEventStore } from '#event-store/index.js';

const [path = '', prefix = '', writers = '1', appends = '0'] = process.argv.slice(2);

const store = await openEmbeddedEventStore({ path });

async function write(stream: string): Promise<void> {
  for (let i = 0; Number(appends) === 0 || i < Number(appends); i++) {
    const events = [randomUUID(), randomUUID()].map((id) => ({
      id,
      type: 'Happened',
      data: '{}',
      metadata: '{}',
    }));
    await store.append(stream, events, 'any');
    process.send?.(events.map(({ id }) => id));
  }
}

await Promise.all(Array.from({ length: Number(writers) }, (_, i) => write(`${prefix}-${i}`)));
await store.close();
process.disconnect();
