/** The writer: a thread of its own, so that whoever folds events does not wait for SQLite to store the last ones. */
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf, type FromWriter, type ToWriter } from './messages.js';
import { openForWriting } from './open.js';
import { Writes } from './writes.js';

const { path } = workerData as { readonly path: string };
const db = openForWriting(path);
const writes = new Writes(db, path);

const answer = (message: FromWriter): void => parentPort?.postMessage(message);

parentPort?.on('message', (message: ToWriter) => {
  switch (message.kind) {
    case 'write': {
      const { number, write } = message;
      writes.perform(write).then(
        (given) => answer({ number, failure: null, answer: given }),
        (error: unknown) => answer({ number, failure: failureOf(error) }),
      );
      return;
    }
    case 'close':
      db.close();
      parentPort?.close();
  }
});
