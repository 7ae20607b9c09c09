/**
 * Everything that changes the file, in the writer's thread. Each write is one transaction and begins in the turn
 * in which it arrives, so writes happen in the order in which they were asked for.
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { checkCommit, checkName } from '../checks.js';
import { ReadStoreUnavailable, WrongCheckpoint, type Collection, type CollectionCommit } from '../port.js';
import { checkpointOf, NONE, prepareCatalogue, type CatalogueRow } from './catalogue.js';
import { translated } from './failure.js';
import { clearAside, createTables, setAside } from './layout.js';
import type { Write } from './messages.js';
import { CHUNK, prepareWriting, type WritingStatements } from './statements.js';

export class Writes {
  readonly #catalogue: ReturnType<typeof prepareCatalogue>;
  readonly #statements = new Map<number, WritingStatements>();

  constructor(
    private readonly db: DatabaseSyncInstance,
    private readonly path: string,
  ) {
    this.#catalogue = prepareCatalogue(db);
  }

  /** @throws what the port says, for each kind of write */
  async perform(write: Write): Promise<void> {
    try {
      switch (write.kind) {
        case 'commit':
          return this.#commit(write.commits);
        case 'begin':
          return this.#begin(write.collection, write.progress);
        case 'activate':
          return this.#activate(write.view, write.collection);
        case 'drop':
          return await this.#drop(write.collection);
        case 'compact':
          return this.#compact();
      }
    } catch (error) {
      throw translated(error, this.path);
    }
  }

  #commit(commits: readonly CollectionCommit[]): void {
    commits.forEach(checkCommit);
    this.#atomically(() => commits.forEach((commit) => this.#apply(commit)));
  }

  #begin(collection: Collection, progress: string): void {
    checkName('A collection', collection);
    this.#atomically(() => {
      if (this.#find(collection) === undefined)
        this.#catalogue.advance.run(NONE, progress, this.#create(collection));
    });
  }

  #activate(view: string, collection: Collection): void {
    checkName('A view', view);
    checkName('A collection', collection);
    this.#catalogue.activate.run(view, collection);
  }

  async #drop(collection: Collection): Promise<void> {
    this.#atomically(() => {
      const row = this.#find(collection);
      if (!row) return;
      this.#catalogue.remove.run(row.n);
      setAside(this.db, row.n);
      this.#statements.delete(row.n);
    });
    const steps = clearAside(this.db);
    while (!steps.next().done) await letOthersWrite();
  }

  #compact(): void {
    this.db.exec('VACUUM');
    const { busy } = this.db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    if (busy) throw new ReadStoreUnavailable(`${this.path} is being read: compact it again`);
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

  #prepared(n: number): WritingStatements {
    let statements = this.#statements.get(n);
    if (!statements) this.#statements.set(n, (statements = prepareWriting(this.db, n)));
    return statements;
  }

  /** IMMEDIATE takes the one write lock before anything is read: two that commit at once are put in a row. */
  #atomically(work: () => void): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.db.exec('COMMIT');
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }
}

function applyDocuments(statements: WritingStatements, documents: CollectionCommit['documents']): void {
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

const letOthersWrite = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
