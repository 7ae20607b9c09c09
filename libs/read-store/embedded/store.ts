/**
 * The read store in one SQLite file. Reads are answered at once, on the calling thread and by a connection that
 * can only read: a read is some index seeks. Writes are left to a thread of their own.
 *
 * Each read is one statement, and so sees one commit or the next and nothing between. A collection's number is
 * remembered; when its tables are gone, another connection dropped it and the catalogue is asked again.
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { wholeOf, type Whole } from '#kernel';
import type { StoreFile } from '#sqlite/index.js';
import { checkRange } from '../checks.js';
import {
  ReadStoreUnavailable,
  type Collection,
  type CollectionCommit,
  type Lease,
  type ListItem,
  type ListRange,
  type PartitionState,
  type ReadStore,
  type TextPage,
} from '../port.js';
import { checkpointOf, prepareCatalogue, type CollectionRow, type StateRow } from './catalogue.js';
import { isTableGone } from './failure.js';
import { prepareLeases } from './leases.js';
import type { Answer, Write } from './messages.js';
import { prepareReading, type ReadingStatements } from './statements.js';
import type { WriterThread } from './writer-thread.js';

type Row = [sort: string, key: string, document: string];

const CLOSED = 'The read store is closed';

/** Documents that `scan` holds at a time. */
const SCAN_PAGE = 200;

export class EmbeddedReadStore implements ReadStore {
  readonly #catalogue: ReturnType<typeof prepareCatalogue>;
  readonly #leases: ReturnType<typeof prepareLeases>;
  readonly #numbers = new Map<Collection, number>();
  readonly #statements = new Map<number, ReadingStatements>();

  /** Takes the connection over, and closes it. */
  constructor(
    private readonly db: DatabaseSyncInstance,
    private readonly file: StoreFile,
    /** Null where the store was opened for reading only. */
    private readonly writer: WriterThread | null,
  ) {
    this.#catalogue = prepareCatalogue(db);
    this.#leases = prepareLeases(db);
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

  async cells(collection: Collection, prefix: string): Promise<[name: string, amount: Whole][]> {
    const rows = this.#read(collection, [], ({ cells }) => cells.all(prefix) as [string, bigint][]);
    return rows.map(([name, amount]) => [name, wholeOf(amount)]);
  }

  async commit(commits: readonly CollectionCommit[], leases: readonly Lease[] = []): Promise<void> {
    await this.#write({ kind: 'commit', commits, leases });
  }

  async begin(collection: Collection, progress: string, partitions = 1, about = ''): Promise<void> {
    await this.#write({ kind: 'begin', collection, progress, partitions, about });
  }

  async about(collection: Collection): Promise<string | null> {
    const row = this.#attempt(() => this.#catalogue.about.get(collection) as { about: string } | undefined);
    return row?.about ?? null;
  }

  async describe(collection: Collection, about: string): Promise<void> {
    await this.#write({ kind: 'describe', collection, about });
  }

  async states(collection: Collection): Promise<PartitionState[]> {
    const rows = this.#attempt(() => this.#catalogue.states.all(collection) as StateRow[]);
    return rows.map((row) => ({ checkpoint: checkpointOf(row), progress: row.progress }));
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
    await this.#write({ kind: 'activate', view, collection });
  }

  async drop(collection: Collection): Promise<void> {
    await this.#write({ kind: 'drop', collection });
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
    await this.#write({ kind: 'compact' });
  }

  /** A file of an older layout is made anew when it is opened. */
  async removeOlderLayouts(): Promise<void> {
    return Promise.resolve();
  }

  lease(name: string, holder: string, ttlMs: number): Promise<Lease | null> {
    return this.#write({ kind: 'lease', name, holder, ttlMs });
  }

  async release(lease: Lease): Promise<void> {
    await this.#write({ kind: 'release', lease });
  }

  async leases(prefix: string): Promise<Lease[]> {
    return this.#attempt(() => this.#leases.held(prefix));
  }

  async trouble(): Promise<string | null> {
    return this.file.trouble();
  }

  /** The binding frees statements only when they are collected, and the file with the last of them. */
  async close(): Promise<void> {
    this.#statements.clear();
    if (this.db.isOpen) this.db.close();
    await this.writer?.close();
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

  #prepared(n: number): ReadingStatements {
    let statements = this.#statements.get(n);
    if (!statements) this.#statements.set(n, (statements = prepareReading(this.db, n)));
    return statements;
  }

  #read<T>(collection: Collection, none: T, query: (statements: ReadingStatements) => T): T {
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
      const row = this.#catalogue.find.get(collection) as CollectionRow | undefined;
      if (!row) return none;
      this.#numbers.set(collection, row.n);
      return query(this.#prepared(row.n));
    });
  }

  async #write(write: Write): Promise<Answer> {
    if (!this.db.isOpen) throw new ReadStoreUnavailable(CLOSED);
    if (!this.writer) throw new ReadStoreUnavailable(`${this.file.path} was opened for reading only`);
    return this.writer.write(write);
  }

  #attempt<T>(work: () => T): T {
    if (!this.db.isOpen) throw new ReadStoreUnavailable(CLOSED);
    return this.file.read(work);
  }
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
