/**
 * The statements of one collection, prepared once. Rows come as arrays: it is a third cheaper.
 *
 * Documents are put many at a time, entries one by one. A statement of many rows keeps a copy of each page it
 * changes so that it can be undone alone: nothing for documents, which go to the end of their table, but
 * twice the price for entries, each of which goes to another page.
 */
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { table } from './layout.js';

export const CHUNK = 50;

export type ReadingStatements = ReturnType<typeof prepareReading>;
export type WritingStatements = ReturnType<typeof prepareWriting>;

export function prepareReading(db: DatabaseSyncInstance, n: number) {
  const [documents, entries, cells] = tables(n);
  const prepare = preparing(db);

  // A bare `LIMIT ?` is looked at by the planner, so that each new value prepares the statement again: 30 µs.
  // CROSS JOIN is SQLite's way of saying: in this order. `IS` also holds for a cursor of null, meaning none.
  const page = (behind: string, order: string) =>
    prepare(`SELECT e.sort, d.key, d.document
      FROM ${entries} e CROSS JOIN ${documents} d ON d.id = e.id
      WHERE e.list = ? AND e.sort >= ? AND e.sort < ? AND NOT (e.sort IS ? AND d.key ${behind} ?)
      ORDER BY ${order} LIMIT ? + 0`);

  return {
    get: prepare(`SELECT d.document FROM json_each(?) asked LEFT JOIN ${documents} d ON d.key = asked.value`),
    scan: prepare(`SELECT key, document FROM ${documents} WHERE key > ? ORDER BY key LIMIT ? + 0`),
    size: prepare(`SELECT count(*) FROM ${entries} WHERE list = ?`),
    // The last code point there is stands behind every continuation of the prefix.
    cells: withBigInts(
      prepare(`SELECT name, amount FROM ${cells} WHERE name >= ?1 AND name < ?1 || char(1114111)`),
    ),

    /** In the order of the index, which within one sort is not that of the keys. */
    indexOrder: {
      ascending: page('<=', 'e.sort'),
      descending: page('>=', 'e.sort DESC'),
    },
    keyOrder: {
      ascending: page('<=', 'e.sort, d.key'),
      descending: page('>=', 'e.sort DESC, d.key DESC'),
    },
  };
}

export function prepareWriting(db: DatabaseSyncInstance, n: number) {
  const [documents, entries, cells] = tables(n);
  const prepare = preparing(db);
  const put = (rows: number) =>
    prepare(`INSERT INTO ${documents} (key, document) VALUES ${Array(rows).fill('(?, ?)').join(', ')}
      ON CONFLICT (key) DO UPDATE SET document = excluded.document`);
  const documentId = `(SELECT id FROM ${documents} WHERE key = ?)`;

  return {
    put: put(1),
    putChunk: put(CHUNK),
    delete: prepare(`DELETE FROM ${documents} WHERE key = ?`),
    list: prepare(`INSERT INTO ${entries} (list, sort, id) VALUES (?, ?, ${documentId})
      ON CONFLICT DO NOTHING`),
    unlist: prepare(`DELETE FROM ${entries} WHERE list = ? AND sort = ? AND id = ${documentId}`),
    add: prepare(`INSERT INTO ${cells} (name, amount) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET amount = amount + excluded.amount
      RETURNING iif(typeof(amount) = 'integer', amount = 0, NULL)`),
    removeCell: prepare(`DELETE FROM ${cells} WHERE name = ?`),
  };
}

const tables = (n: number) => [table('documents', n), table('entries', n), table('cells', n)] as const;

/** A sum may pass 2^53, and the binding gives no number for one that does. */
function withBigInts(statement: StatementSyncInstance): StatementSyncInstance {
  statement.setReadBigInts(true);
  return statement;
}

const preparing =
  (db: DatabaseSyncInstance) =>
  (sql: string): StatementSyncInstance => {
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
