/** The writer: a thread of its own, so that whoever folds events does not wait for SQLite to store the last ones. */
import { parentPort, workerData } from 'node:worker_threads';
import { StoreFile, type Identity } from '#sqlite/index.js';
import { failureOf, type Answer, type FromWriter, type ToWriter, type Write } from './messages.js';
import { openForWriting } from './open.js';
import { WORDS } from './words.js';
import { Writes } from './writes.js';

export interface WriterData {
  readonly path: string;
  /** The file that this process reads from. */
  readonly identity?: Identity | undefined;
}

const { path, identity } = workerData as WriterData;
const file = new StoreFile(path, WORDS, identity);
const db = opened();
const writes = new Writes(db, file);

function opened(): ReturnType<typeof openForWriting> {
  try {
    file.claim();
    const opening = openForWriting(path);
    file.opened(opening);
    return opening;
  } catch (error) {
    throw file.error(error);
  }
}

/** It is answered only where the file that was written is still the one that will be found. */
async function perform(write: Write): Promise<Answer> {
  try {
    file.glance();
    const given = await writes.perform(write);
    file.look();
    return given;
  } catch (error) {
    throw file.error(error);
  }
}

const answer = (message: FromWriter): void => parentPort?.postMessage(message);

parentPort?.on('message', (message: ToWriter) => {
  switch (message.kind) {
    case 'write': {
      const { number, write } = message;
      perform(write).then(
        (given) => answer({ number, failure: null, answer: given }),
        (error: Error) => answer({ number, failure: failureOf(error, file.said(error.cause)) }),
      );
      return;
    }
    case 'close':
      db.close();
      parentPort?.close();
  }
});
