/**
 * The statements of one collection, prepared once. Rows come as arrays: it is a third cheaper.
 *
 * Where a statement takes many rows they come as one JSON array, except documents: those would be escaped and
 * unescaped again, so they are bound as they are, CHUNK at a time.
 */
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { table } from './layout.js';

export const CHUNK = 50;

export type CollectionStatements = ReturnType<typeof prepareCollection>;

export function prepareCollection(db: DatabaseSyncInstance, n: number) {
  const [documents, entries, cells] = [table('documents', n), table('entries', n), table('cells', n)];
  const prepare = (sql: string): StatementSyncInstance => {
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const put = (rows: number) =>
    prepare(`INSERT INTO ${documents} (key, document) VALUES ${Array(rows).fill('(?, ?)').join(', ')}
      ON CONFLICT (key) DO UPDATE SET document = excluded.document`);
  const documentId = (key: string) => `(SELECT id FROM ${documents} WHERE key = ${key})`;

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
    cells: prepare(`SELECT name, amount FROM ${cells} WHERE name >= ?1 AND name < ?1 || char(1114111)`),

    /** In the order of the index, which within one sort is not that of the keys. */
    indexOrder: {
      ascending: page('<=', 'e.sort'),
      descending: page('>=', 'e.sort DESC'),
    },
    keyOrder: {
      ascending: page('<=', 'e.sort, d.key'),
      descending: page('>=', 'e.sort DESC, d.key DESC'),
    },

    put: put(1),
    putChunk: put(CHUNK),
    delete: prepare(`DELETE FROM ${documents} WHERE key IN (SELECT value FROM json_each(?))`),
    unlist: prepare(`DELETE FROM ${entries} WHERE (list, sort, id) IN (
      SELECT value ->> 0, value ->> 1, ${documentId('value ->> 2')} FROM json_each(?))`),
    list: prepare(`INSERT INTO ${entries} (list, sort, id)
      SELECT value ->> 0, value ->> 1, ${documentId('value ->> 2')} FROM json_each(?) WHERE true
      ON CONFLICT DO NOTHING`),
    add: prepare(`INSERT INTO ${cells} (name, amount) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET amount = amount + excluded.amount RETURNING amount`),
    removeCell: prepare(`DELETE FROM ${cells} WHERE name = ?`),
  };
}
