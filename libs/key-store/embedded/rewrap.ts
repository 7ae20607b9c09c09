/**
 * Wraps a file anew under the current master key, a few hundred values a transaction, so that others may read and make
 * keys meanwhile. From the first transaction on nobody writes under another master key, so that one pass reaches all.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { MasterKey, MasterKeys } from '../master-key.js';
import { KeyStoreUnavailable, type Rewrapped } from '../port.js';
import { headerOf, unwrap, wrap, type Purpose } from '../wrapping.js';
import { activate, atomically, readCustody, retireOthers, type Database } from './layout.js';

const BATCH = 500;

interface Table {
  readonly name: string;
  readonly id: string;
  readonly value: string;
  readonly purpose: (id: string) => Purpose;
}

const TABLES: readonly Table[] = [
  { name: 'keys', id: 'subject', value: 'key', purpose: (id) => `key ${id}` },
  { name: 'secrets', id: 'name', value: 'secret', purpose: (id) => `secret ${id}` },
];

interface Row {
  readonly id: string;
  readonly value: Uint8Array;
}

export async function rewrapFile(database: Database, masterKeys: MasterKeys): Promise<Rewrapped> {
  atomically(database, () => activate(database, masterKeys.current));
  let rewrapped = 0;
  for (const table of TABLES) {
    let after = '';
    for (;;) {
      const batch = atomically(database, () => rewrapBatch(database, table, after, masterKeys));
      rewrapped += batch.length;
      const last = batch.at(-1);
      if (last === undefined) break;
      after = last;
      await turn();
    }
  }
  const total = atomically(database, () => finish(database, masterKeys.current));
  return { rewrapped, total };
}

/** The ids of what was wrapped anew, in their order. */
function rewrapBatch(
  database: Database,
  { name, id, value, purpose }: Table,
  after: string,
  masterKeys: MasterKeys,
): string[] {
  const { current } = masterKeys;
  mustBeActive(database, current);
  const header = headerOf(current);
  const rows = database
    .prepare(
      `SELECT ${id} AS id, ${value} AS value FROM ${name}
       WHERE ${id} > ? AND substr(${value}, 1, ${header.length}) <> ? ORDER BY ${id} LIMIT ${BATCH}`,
    )
    .all(after, header) as Row[];
  const update = database.prepare(`UPDATE ${name} SET ${value} = ? WHERE ${id} = ?`);
  for (const row of rows) {
    const plain = unwrap(masterKeys, purpose(row.id), Buffer.from(row.value), true);
    update.run(wrap(current, purpose(row.id), plain), row.id);
  }
  return rows.map((row) => row.id);
}

/** Looks at everything once more, and only then takes the other master keys off the record. */
function finish(database: Database, current: MasterKey): number {
  mustBeActive(database, current);
  const header = headerOf(current);
  const counts = TABLES.map(({ name, value }) => countOf(database, name, value, header));
  if (counts.some(({ others }) => others > 0))
    throw new KeyStoreUnavailable(`Some keys are not under master key ${current.fingerprint}: run it again.`);
  retireOthers(database, current);
  return counts.reduce((sum, { all }) => sum + all, 0);
}

const countOf = (database: Database, table: string, value: string, header: Buffer) =>
  database
    .prepare(
      `SELECT count(*) AS "all", count(*) FILTER (WHERE substr(${value}, 1, ${header.length}) <> ?) AS others
       FROM ${table} WHERE ${value} IS NOT NULL`,
    )
    .get(header) as { all: number; others: number };

function mustBeActive(database: Database, { fingerprint }: MasterKey): void {
  const { active } = readCustody(database);
  if (active !== fingerprint)
    throw new KeyStoreUnavailable(
      `Another rotation, to master key ${active}, began meanwhile: only one may be under way.`,
    );
}
