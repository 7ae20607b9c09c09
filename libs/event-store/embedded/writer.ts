/** The writer: a thread of its own, because a durable commit holds its thread until the disk has answered. */
import { parentPort, workerData } from 'node:worker_threads';
import { StoreFile, type Identity } from '#sqlite/index.js';
import type { FromWriter, ToWriter } from './batch.js';
import { Committer } from './committer.js';
import { openForWriting } from './schema.js';
import { WORDS } from './words.js';

export interface WriterData {
  readonly path: string;
  /** The log that this process has open already; none for its first writer. */
  readonly identity?: Identity | undefined;
}

const { path, identity } = workerData as WriterData;
const file = new StoreFile(path, WORDS, identity);

const say = (message: FromWriter): void => parentPort?.postMessage(message);

const failure = (kind: 'failed' | 'refused', error: unknown): FromWriter => {
  const said = file.said(error);
  return { kind, reason: said?.message ?? (error instanceof Error ? error.message : String(error)), said };
};

try {
  if (identity !== undefined) file.claim();
  const log = openForWriting(path);
  file.opened(log);
  const committer = new Committer(log);
  parentPort?.on('message', (message: ToWriter) => {
    switch (message.kind) {
      case 'batch':
        try {
          file.glance();
          const verdicts = committer.commit(message.batch);
          file.look(); // nothing is acknowledged that went into a file which nobody will find
          say({ kind: 'committed', verdicts });
        } catch (error) {
          say(failure('failed', error));
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
  say(failure('refused', error));
}
