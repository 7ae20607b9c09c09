/**
 * The log of the former build that test/data/former keeps, as the files of a data folder, and what that build answered.
 *
 *     const folder = await formerFolder();
 *     const touchstone = await startTouchstone({ folder, keys: FORMER_KEYS, ... });
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { EventStore } from '#event-store/index.js';
import { APPLICATION_ID, SCHEMA_VERSION } from '#event-store/embedded/schema.js';
import { openEmbeddedEventStore } from '#event-store/index.js';
import type { Keys } from './touchstone.js';

interface Former {
  readonly customers: Readonly<Record<'ada' | 'bob' | 'eve' | 'org', string>>;
  /** Of the first admin. */
  readonly key: string;
  readonly sent: readonly Sent[];
  /** By path, as the admin saw them. */
  readonly answers: Readonly<Record<string, object>>;
  /** The answers of today, to questions whose answer has been defined anew since. */
  readonly redefined: Readonly<Record<string, object>>;
}

export interface Sent {
  readonly path: string;
  readonly key: string;
  readonly body: object;
  readonly status: number;
  readonly answer: Readonly<Record<string, string>>;
}

const read = (name: string): string =>
  readFileSync(new URL(`../../../test/data/former/${name}`, import.meta.url), 'utf8');

export const FORMER = JSON.parse(read('answers.json')) as Former;
/** One line each, as they were imported. */
export const FORMER_LINES = read('lines.ndjson');
export const FORMER_KEYS: Keys = {
  admin: FORMER.key,
  auditor: FORMER.key,
  analyst: FORMER.key,
  'back-office': FORMER.key,
};

/** A folder with the log and the keys. It is the caller's to remove. */
export function formerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-former-'));
  for (const name of ['events', 'keys']) {
    const file = new DatabaseSync(join(folder, `${name}.sqlite`));
    file.exec(read(`${name}.sql`)); // which does not say what kind of file it is
    if (name === 'events')
      file.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    file.close();
  }
  return folder;
}

/** Appends the log of a folder to another store, event by event, as an export of it would be. */
export async function appendLog(folder: string, to: EventStore): Promise<void> {
  const log = await openEmbeddedEventStore({ path: join(folder, 'events.sqlite') });
  try {
    for await (const { stream, revision, id, type, data, metadata } of log.readAll())
      await to.append(stream, [{ id, type, data, metadata }], revision === 0n ? 'no_stream' : revision - 1n);
  } finally {
    await log.close();
  }
}
