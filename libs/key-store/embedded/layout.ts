/** The tables of the file, and what they say of its master keys. */
import type { DatabaseSync } from '@photostructure/sqlite';
import type { Custody } from '../custody.js';
import { proofOf } from '../custody.js';
import type { MasterKey } from '../master-key.js';
import { PLAIN } from '../wrapping.js';

export type Database = InstanceType<typeof DatabaseSync>;

/** A destroyed key is NULL for ever. Without master keys `masters` is empty. */
export const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA secure_delete = ON;
  PRAGMA busy_timeout = 10000;
  CREATE TABLE IF NOT EXISTS keys (subject TEXT PRIMARY KEY, key BLOB) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, secret BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS masters (fingerprint TEXT PRIMARY KEY, proof BLOB NOT NULL, active INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, note TEXT NOT NULL) WITHOUT ROWID;
`;

/** The note that says how far erasures were carried out. */
export const ERASURES = 'erasures';

/** All of the work or none of it, and nobody else writes meanwhile. */
export function atomically<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

export function readCustody(database: Database): Custody {
  const rows = database.prepare('SELECT fingerprint, proof, active FROM masters').all() as Master[];
  return {
    active: rows.find(({ active }) => active === 1)?.fingerprint ?? null,
    proofs: new Map(rows.map(({ fingerprint, proof }) => [fingerprint, Buffer.from(proof)])),
  };
}

interface Master {
  readonly fingerprint: string;
  readonly proof: Uint8Array;
  readonly active: number;
}

/** From now on the file is written under this master key. What it was under before stays on record. */
export function activate(database: Database, master: MasterKey): void {
  const kept = database
    .prepare('SELECT EXISTS (SELECT 1 FROM keys UNION ALL SELECT 1 FROM secrets) AS kept')
    .get();
  const { active } = readCustody(database);
  const put = database.prepare('INSERT INTO masters VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  if (active === null && (kept as { kept: number }).kept === 1) put.run(PLAIN, Buffer.alloc(0), 0);
  put.run(master.fingerprint, proofOf(master), 0);
  database.prepare('UPDATE masters SET active = (fingerprint = ?)').run(master.fingerprint);
}

/** Takes every other master key off the record. */
export const retireOthers = (database: Database, { fingerprint }: MasterKey): void =>
  void database.prepare('DELETE FROM masters WHERE fingerprint <> ?').run(fingerprint);
