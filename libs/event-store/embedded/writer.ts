/** The writer: a thread of its own, because a durable commit holds its thread until the disk has answered. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWriter, ToWriter } from './batch.js';
import { Committer } from './committer.js';
import { reasonOf } from './failure.js';
import { openForWriting } from './schema.js';

const { path } = workerData as { readonly path: string };

const say = (message: FromWriter): void => parentPort?.postMessage(message);

try {
  const log = openForWriting(path);
  const committer = new Committer(log);
  parentPort?.on('message', (message: ToWriter) => {
    switch (message.kind) {
      case 'batch':
        try {
          say({ kind: 'committed', verdicts: committer.commit(message.batch) });
        } catch (error) {
          say({ kind: 'failed', reason: reasonOf(path, error) });
        }
        return;
      case 'close':
        // Closing alone would leave this to the collection of the last prepared statement.
        log.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
        log.close();
        parentPort?.close();
        return;
    }
  });
  say({ kind: 'open' });
} catch (error) {
  say({ kind: 'refused', reason: reasonOf(path, error) });
}
