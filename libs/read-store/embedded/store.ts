/**
 * The read store in one SQLite file. Everything here is synchronous inside: the projections that write have a
 * thread of their own, and a read is some index seeks.
 *
 * Each read is one statement, and so sees one commit or the next and nothing between. A collection's number is
 * remembered; when its tables are gone, another connection dropped it and the catalogue is asked again.
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Position } from '#event-store/port.js';
import { checkCommit, checkName, checkRange } from '../checks.js';
import {
  ReadStoreUnavailable,
  WrongCheckpoint,
  type Collection,
  type CollectionCommit,
  type CollectionState,
  type ListItem,
  type ListRange,
  type ReadStore,
  type TextPage,
} from '../port.js';
import { isTableGone, translated } from './failure.js';
import { clearAside, createTables, setAside } from './layout.js';
import { CHUNK, prepareCollection, type CollectionStatements } from './statements.js';

type Row = [sort: string, key: string, document: string];

/** The checkpoint of a collection that was begun and has seen nothing. */
const NONE = '';
const checkpointOf = ({ checkpoint }: { readonly checkpoint: string }): Position | null =>
  checkpoint === NONE ? null : BigInt(checkpoint);

/** Documents that `scan` holds at a time. */
const SCAN_PAGE = 200;

export class EmbeddedReadStore implements ReadStore {
  readonly #catalogue: ReturnType<typeof prepareCatalogue>;
  readonly #numbers = new Map<Collection, number>();
  readonly #statements = new Map<number, CollectionStatements>();

  /** Takes the connection over, and closes it. */
  constructor(
    private readonly db: DatabaseSyncInstance,
    private readonly path: string,
  ) {
    this.#catalogue = prepareCatalogue(db);
  }

  async get(collection: Collection, keys: readonly string[]): Promise<(string | undefined)[]> {
    const rows = this.#read(collection, [], ({ get }) => get.all(JSON.stringify(keys)) as [string | null][]);
    return keys.map((_, i) => rows[i]?.[0] ?? undefined);
  }

  async range(collection: Collection, list: string, range: ListRange): Promise<ListItem[]> {
    return this.#page(collection, list, range).map(([sort, key, document]) => ({ sort, key, document }));
  }

  async rangeText(collection: Collection, list: string, range: ListRange): Promise<TextPage> {
    const rows = this.#page(collection, list, range);
    const last = rows.at(-1);
    return {
      text: `[${rows.map(([, , document]) => document).join(',')}]`,
      last: last ? { sort: last[0], key: last[1] } : null,
      count: rows.length,
    };
  }

  async size(collection: Collection, list: string): Promise<number> {
    return this.#read(collection, 0, (statements) => (statements.size.get(list) as [number])[0]);
  }

  async cells(collection: Collection, prefix: string): Promise<[name: string, amount: number][]> {
    return this.#read(collection, [], ({ cells }) => cells.all(prefix) as [string, number][]);
  }

  async commit(commits: readonly CollectionCommit[]): Promise<void> {
    commits.forEach(checkCommit);
    this.#write(() => commits.forEach((commit) => this.#apply(commit)));
  }

  async begin(collection: Collection, progress: string): Promise<void> {
    checkName('A collection', collection);
    this.#write(() => {
      if (this.#find(collection) === undefined)
        this.#catalogue.advance.run(NONE, progress, this.#create(collection));
    });
  }

  async state(collection: Collection): Promise<CollectionState | undefined> {
    const row = this.#attempt(() => this.#find(collection));
    return row && { checkpoint: checkpointOf(row), progress: row.progress };
  }

  async collections(): Promise<Collection[]> {
    const rows = this.#attempt(() => this.#catalogue.names.all() as { name: string }[]);
    return rows.map(({ name }) => name);
  }

  async active(view: string): Promise<Collection | null> {
    const row = this.#attempt(() => this.#catalogue.active.get(view) as { collection: string } | undefined);
    return row?.collection ?? null;
  }

  async activate(view: string, collection: Collection): Promise<void> {
    checkName('A view', view);
    checkName('A collection', collection);
    this.#attempt(() => this.#catalogue.activate.run(view, collection));
  }

  async drop(collection: Collection): Promise<void> {
    this.#write(() => {
      const row = this.#find(collection);
      if (!row) return;
      this.#catalogue.remove.run(row.n);
      setAside(this.db, row.n);
      this.#statements.delete(row.n);
    });
    const steps = clearAside(this.db);
    while (!this.#attempt(() => steps.next()).done) await letOthersRun();
  }

  async *scan(collection: Collection): AsyncIterable<{ readonly key: string; readonly document: string }> {
    // No read stays open between pages: it would keep the log of the file from being folded back into it.
    for (let last: string | undefined = ''; last !== undefined;) {
      const after: string = last;
      const rows: [key: string, document: string][] = this.#read(
        collection,
        [],
        (statements) => statements.scan.all(after, SCAN_PAGE) as [string, string][],
      );
      for (const [key, document] of rows) yield { key, document };
      last = rows.at(-1)?.[0];
    }
  }

  /**
   * Leaves nothing in the file of what was deleted, and gives the space back. To be run after a person was
   * erased: secure_delete overwrites what a delete frees, but pages that were split or merged earlier can
   * hold stale copies of neighbours, and the write-ahead log holds older versions of pages. Rewrites the
   * file; commits wait meanwhile, reads do not.
   * @throws ReadStoreUnavailable when another connection is reading for longer than the busy timeout
   */
  async compact(): Promise<void> {
    this.#attempt(() => {
      this.db.exec('VACUUM');
      const { busy } = this.db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
      if (busy) throw new ReadStoreUnavailable(`${this.path} is being read: compact it again`);
    });
  }

  /** The binding frees statements only when they are collected, and the file with the last of them. */
  async close(): Promise<void> {
    this.#statements.clear();
    if (this.db.isOpen) this.db.close();
  }

  /**
   * Sorts are seldom equal, so the index is read first as it stands, one entry further than asked. Only where
   * two neighbours are equal are their keys sorted, which costs a third more.
   */
  #page(collection: Collection, list: string, range: ListRange): Row[] {
    checkRange(list, range);
    const { direction = 'ascending', limit, after } = range;
    const [from, to] = bounds(range);
    const place = [list, from, to, after?.sort ?? null, after?.key ?? null];
    return this.#read(collection, [], ({ indexOrder, keyOrder }) => {
      const rows = indexOrder[direction].all(...place, limit + 1) as Row[];
      const tied = rows.some(([sort], i) => sort === rows[i + 1]?.[0]);
      return tied ? (keyOrder[direction].all(...place, limit) as Row[]) : rows.slice(0, limit);
    });
  }

  #apply(commit: CollectionCommit): void {
    const row = this.#find(commit.collection);
    const actual = row ? checkpointOf(row) : null;
    if (actual !== commit.expected) throw new WrongCheckpoint(commit.collection, commit.expected, actual);

    const checkpoint = String(commit.checkpoint);
    const n = row?.n ?? this.#create(commit.collection);
    this.#catalogue.advance.run(checkpoint, commit.progress, n);

    const statements = this.#prepared(n);
    for (const { list, sort, key } of commit.unlisted) statements.unlist.run(list, sort, key);
    applyDocuments(statements, commit.documents);
    for (const { list, sort, key } of commit.listed) statements.list.run(list, sort, key);
    for (const [name, amount] of commit.cells) {
      if (amount === 0) continue;
      const [sum] = statements.add.get(name, amount) as [number];
      if (sum === 0) statements.removeCell.run(name);
    }
  }

  #create(collection: Collection): number {
    const n = Number(this.#catalogue.create.run(collection).lastInsertRowid);
    createTables(this.db, n);
    return n;
  }

  #find(collection: Collection): CatalogueRow | undefined {
    return this.#catalogue.find.get(collection) as CatalogueRow | undefined;
  }

  #prepared(n: number): CollectionStatements {
    let statements = this.#statements.get(n);
    if (!statements) this.#statements.set(n, (statements = prepareCollection(this.db, n)));
    return statements;
  }

  #read<T>(collection: Collection, none: T, query: (statements: CollectionStatements) => T): T {
    return this.#attempt(() => {
      const known = this.#numbers.get(collection);
      if (known !== undefined) {
        try {
          return query(this.#prepared(known));
        } catch (error) {
          if (!isTableGone(error)) throw error;
          this.#numbers.delete(collection);
          this.#statements.delete(known);
        }
      }
      const row = this.#find(collection);
      if (!row) return none;
      this.#numbers.set(collection, row.n);
      return query(this.#prepared(row.n));
    });
  }

  /** IMMEDIATE takes the one write lock before anything is read: two that commit at once are put in a row. */
  #write(work: () => void): void {
    this.#attempt(() => {
      this.db.exec('BEGIN IMMEDIATE');
      try {
        work();
        this.db.exec('COMMIT');
      } catch (error) {
        if (this.db.isTransaction) this.db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #attempt<T>(work: () => T): T {
    if (!this.db.isOpen) throw new ReadStoreUnavailable('The read store is closed');
    try {
      return work();
    } catch (error) {
      throw translated(error, this.path);
    }
  }
}

interface CatalogueRow {
  readonly n: number;
  readonly checkpoint: string;
  readonly progress: string;
}

function prepareCatalogue(db: DatabaseSyncInstance) {
  return {
    find: db.prepare('SELECT n, checkpoint, progress FROM collections WHERE name = ?'),
    names: db.prepare('SELECT name FROM collections ORDER BY name'),
    create: db.prepare(`INSERT INTO collections (name, checkpoint, progress) VALUES (?, '', '')`),
    advance: db.prepare('UPDATE collections SET checkpoint = ?, progress = ? WHERE n = ?'),
    remove: db.prepare('DELETE FROM collections WHERE n = ?'),
    active: db.prepare('SELECT collection FROM views WHERE view = ?'),
    activate: db.prepare('INSERT OR REPLACE INTO views (view, collection) VALUES (?, ?)'),
  };
}

/**
 * From inclusive, to exclusive, narrowed to the cursor's own sort and what follows it. A sort is printable
 * ASCII: DEL is greater than any, and a unit separator behind a sort comes right after it.
 */
function bounds({ from = '', to = '\x7f', after, direction }: ListRange): [from: string, to: string] {
  if (!after) return [from, to];
  if (direction !== 'descending') return [after.sort > from ? after.sort : from, to];
  const behind = `${after.sort}\x1f`;
  return [from, behind < to ? behind : to];
}

function applyDocuments(statements: CollectionStatements, documents: CollectionCommit['documents']): void {
  let values: string[] = [];
  for (const [key, document] of documents) {
    if (document === null) statements.delete.run(key);
    else values.push(key, document);
    if (values.length === 2 * CHUNK) {
      statements.putChunk.run(...values);
      values = [];
    }
  }
  for (let i = 0; i < values.length; i += 2) statements.put.run(values[i], values[i + 1]);
}

const letOthersRun = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
