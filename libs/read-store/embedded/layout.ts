/**
 * The tables of the file. A collection has a number that is never given twice, and a set of tables named by
 * it, so that a statement prepared for one collection can never read another, even after a drop.
 *
 * Entries arrive in the order of time and are read by list, so each one dirties a page of its own, and that
 * is what a bulk commit costs. An entry therefore names its document by number, not by key. Naming the list
 * by number as well was measured: the rows are half as long, but looking the number up costs what they save.
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { isTableGone } from './failure.js';

/** "TsRs". Tells our files from those of other applications. */
export const APPLICATION_ID = 0x54735273;
/** To be raised with every change below: a file of another layout is made anew. */
export const LAYOUT = 3;

export const CATALOGUE = `
  CREATE TABLE collections (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    about TEXT NOT NULL
  );
  CREATE TABLE partitions (
    n INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    checkpoint TEXT NOT NULL,
    progress TEXT NOT NULL,
    PRIMARY KEY (n, partition)
  ) WITHOUT ROWID;
  CREATE TABLE views (view TEXT PRIMARY KEY, collection TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    token INTEGER NOT NULL,
    until INTEGER NOT NULL,
    pid INTEGER NOT NULL
  ) WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${LAYOUT};`;

const PARTS = ['documents', 'entries', 'cells'] as const;
type Part = (typeof PARTS)[number];

export const table = (part: Part, n: number): string => `${part}_${n}`;

/** Call inside a transaction. */
export function createTables(db: DatabaseSyncInstance, n: number): void {
  db.exec(`
    CREATE TABLE ${table('documents', n)} (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      document TEXT NOT NULL
    );
    CREATE TABLE ${table('entries', n)} (
      list TEXT NOT NULL,
      sort TEXT NOT NULL,
      id INTEGER NOT NULL,
      PRIMARY KEY (list, sort, id)
    ) WITHOUT ROWID;
    CREATE TABLE ${table('cells', n)} (name TEXT PRIMARY KEY, amount INTEGER NOT NULL) WITHOUT ROWID;`);
}

/**
 * Call inside the transaction that takes the collection out of the catalogue. From its commit on, statements
 * prepared elsewhere find no table, which is how other connections learn that their number is stale.
 */
export function setAside(db: DatabaseSyncInstance, n: number): void {
  for (const part of PARTS) db.exec(`ALTER TABLE ${table(part, n)} RENAME TO dropped_${table(part, n)}`);
}

const SLICE = 2000;

/**
 * Empties what was set aside and drops it, one short transaction a step: dropping a million documents at once
 * holds up every commit for seconds, because secure_delete writes zeros over each of their pages. What a crash
 * leaves is found again by its name. Another connection may clear the same tables at the same time.
 */
export function* clearAside(db: DatabaseSyncInstance): Generator<void> {
  const next = db.prepare(
    `SELECT name, substr(name, 9, instr(substr(name, 9), '_') - 1) AS part
     FROM sqlite_schema WHERE type = 'table' AND name LIKE 'dropped\\_%' ESCAPE '\\' LIMIT 1`,
  );
  for (;;) {
    const aside = next.get() as { name: string; part: Part } | undefined;
    if (!aside) return;
    try {
      if (!deletedSome(db, aside.name, PRIMARY_KEYS[aside.part]))
        db.exec(`DROP TABLE IF EXISTS ${aside.name}`);
    } catch (error) {
      if (!isTableGone(error)) throw error;
    }
    yield;
  }
}

const deletedSome = (db: DatabaseSyncInstance, name: string, key: string): boolean =>
  db.prepare(`DELETE FROM ${name} WHERE (${key}) IN (SELECT ${key} FROM ${name} LIMIT ${SLICE})`).run()
    .changes > 0;

const PRIMARY_KEYS: Readonly<Record<Part, string>> = {
  documents: 'id',
  entries: 'list, sort, id',
  cells: 'name',
};
