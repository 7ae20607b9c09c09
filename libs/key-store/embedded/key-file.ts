/** The keys as a file: copied while others use them, looked at where nobody does, held so that nobody can. */
import { statSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { copyAfresh, copying, damageIn, fold, holdAlone, InUse, StoreFile } from '#sqlite/index.js';
import { masterToWriteUnder } from '../custody.js';
import { fingerprintOf } from '../fingerprint.js';
import type { MasterKeys } from '../master-key.js';
import { KeyDamaged, KeyStoreUnavailable } from '../port.js';
import { PLAIN, unwrap } from '../wrapping.js';
import { ERASURES, readCustody, type Database } from './layout.js';
import { COPY, WORDS } from './words.js';

/** What a file of keys holds, as far as it may be told. */
export interface KeyFile {
  /** Which installation's keys these are. */
  readonly fingerprint: string;
  /** Fingerprint of the master key that they are under; null where there is none. */
  readonly masterKey: string | null;
  /** See `erasures` of the port. */
  readonly erasures: string | null;
  /** How many subjects there are, those of destroyed keys among them. */
  readonly subjects: number;
  /** Subjects whose keys were destroyed. */
  destroyed(): readonly string[];
  /** Subjects whose keys are none. It opens all of them. */
  damaged(): readonly string[];
  /** Those of these subjects that have never had a key here. */
  without(subjects: readonly string[]): readonly string[];
  /** Null where all of the file is sound. */
  damage(): string | null;
  close(): void;
}

/** A file of keys that nobody else has open, and that nobody else can open until it is released. */
export interface HeldKeys {
  readonly keys: KeyFile | null;
  /** Why `keys` is null. */
  readonly unreadable: string | null;
  /** Makes it one file, which can be moved. */
  fold(): void;
  release(): void;
}

/** How long it waits for somebody who writes, in milliseconds. */
const BUSY_TIMEOUT = 10_000;

/** Copies the keys as they are now. Keys that were destroyed before are nowhere in the copy. @throws KeyStoreUnavailable */
export async function copyKeys(path: string, to: string): Promise<void> {
  const file = new StoreFile(path, WORDS);
  mustBeThere(path);
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT });
    try {
      file.opened(database);
      await copying(file, new StoreFile(to, COPY), () => copyAfresh(database, to));
      file.look();
    } finally {
      database.close();
    }
  } catch (error) {
    throw file.error(error);
  }
}

/** Looks at keys without changing them. @throws KeyStoreUnavailable, also where these are not their master keys */
export function readKeyFile(path: string, masterKeys: MasterKeys | undefined): KeyFile {
  const file = new StoreFile(path, WORDS);
  mustBeThere(path);
  try {
    return keyFile(new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT }), masterKeys);
  } catch (error) {
    throw file.error(error);
  }
}

/** Keys that cannot be read are held all the same. @throws InUse, KeyStoreUnavailable */
export function holdKeys(path: string, masterKeys: MasterKeys | undefined): HeldKeys {
  const file = new StoreFile(path, WORDS);
  try {
    const held = holdAlone(path);
    const rest = { fold: () => fold(held), release: () => held.close() };
    try {
      return { keys: keyFile(held, masterKeys), unreadable: null, ...rest };
    } catch (error) {
      return { keys: null, unreadable: (file.error(error) as Error).message, ...rest };
    }
  } catch (error) {
    throw error instanceof InUse ? error : file.error(error);
  }
}

function keyFile(database: Database, masterKeys: MasterKeys | undefined): KeyFile {
  const custody = readCustody(database);
  const plain = masterToWriteUnder(custody, masterKeys) === null || custody.proofs.has(PLAIN);
  const identities = database.prepare("SELECT secret FROM secrets WHERE name = 'identities'").get() as
    { readonly secret: Uint8Array } | undefined;
  if (identities === undefined)
    throw new KeyStoreUnavailable('There are no keys yet: start Touchstone on this folder once.');
  const note = database.prepare('SELECT note FROM notes WHERE name = ?').get(ERASURES) as
    { readonly note: string } | undefined;
  const { count } = database.prepare('SELECT count(*) AS count FROM keys').get() as {
    readonly count: number;
  };
  const missing = database.prepare(
    'SELECT value AS subject FROM json_each(?) WHERE value NOT IN (SELECT subject FROM keys)',
  );
  return {
    fingerprint: fingerprintOf(
      unwrap(masterKeys, 'secret identities', Buffer.from(identities.secret), plain),
    ),
    masterKey: custody.active,
    erasures: note?.note ?? null,
    subjects: count,
    destroyed: () => subjectsOf(database.prepare('SELECT subject FROM keys WHERE key IS NULL').all()),
    damaged: () => damagedIn(database, masterKeys, plain),
    without: (subjects) => subjectsOf(missing.all(JSON.stringify(subjects))),
    damage: () => damageIn(database),
    close: () => database.close(),
  };
}

function damagedIn(database: Database, masterKeys: MasterKeys | undefined, plain: boolean): string[] {
  const damaged: string[] = [];
  const kept = database.prepare('SELECT subject, key FROM keys WHERE key IS NOT NULL').iterate();
  for (const { subject, key } of kept as Iterable<{ readonly subject: string; readonly key: Uint8Array }>)
    try {
      unwrap(masterKeys, `key ${subject}`, Buffer.from(key), plain);
    } catch (error) {
      if (!(error instanceof KeyDamaged)) throw error;
      damaged.push(subject);
    }
  return damaged;
}

const subjectsOf = (rows: unknown): string[] =>
  (rows as readonly { readonly subject: string }[]).map(({ subject }) => subject);

function mustBeThere(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new KeyStoreUnavailable(`There are no keys ${path}: correct the folder.`);
}
