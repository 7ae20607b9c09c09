/**
 * A process whose writer thread fails with an append in its hand: a message it cannot understand, the way of any
 * defect in it, is in front of the append. Reports how three appends ended.
 *
 * (Ending the thread from outside is no substitute: the SQLite binding aborts the process when its thread is
 * terminated inside a call.)
 *
 *     fork(loseWriter, [path])
 *     fork(loseWriter, [path, 'and the file']) // which is removed before the last append
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import process from 'node:process';
import type { Worker } from 'node:worker_threads';
import { openEmbeddedEventStore } from '#event-store/index.js';

const [path = '', alsoTheFile] = process.argv.slice(2);
const started = once(process, 'worker');
const store = await openEmbeddedEventStore({ path });
const [writer] = (await started) as [Worker];

const append = (stream: string): Promise<string> =>
  store
    .append(stream, [{ id: randomUUID(), type: 'Happened', data: '{}', metadata: '{}' }], 'no_stream')
    .then(
      () => 'appended',
      (error: Error) => error.name,
    );

const before = await append('before');
writer.postMessage(null);
const inHand = append('in-hand');
const outcomes = { before, inHand: await inHand, after: '' };
if (alsoTheFile !== undefined) rmSync(path);
outcomes.after = await append('after');
await store.close();
process.send?.(outcomes);
process.disconnect();
