/**
 * Everything that changes the file, in the writer's thread. Each write is one transaction and begins in the turn
 * in which it arrives, so writes happen in the order in which they were asked for.
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { StoreFile } from '#sqlite/index.js';
import { BEYOND, checkBegin, checkCommits, checkLease, checkName } from '../checks.js';
import {
  ReadStoreUnavailable,
  UnknownCollection,
  WrongCheckpoint,
  type Collection,
  type CollectionCommit,
  type Lease,
} from '../port.js';
import { checkpointOf, NONE, prepareCatalogue, type CollectionRow, type PartitionRow } from './catalogue.js';
import { translated } from './failure.js';
import { clearAside, createTables, setAside } from './layout.js';
import { prepareLeases } from './leases.js';
import type { Answer, Write } from './messages.js';
import { CHUNK, prepareWriting, type WritingStatements } from './statements.js';

export class Writes {
  readonly #catalogue: ReturnType<typeof prepareCatalogue>;
  readonly #leases: ReturnType<typeof prepareLeases>;
  readonly #statements = new Map<number, WritingStatements>();

  constructor(
    private readonly db: DatabaseSyncInstance,
    private readonly file: StoreFile,
  ) {
    this.#catalogue = prepareCatalogue(db);
    this.#leases = prepareLeases(db);
  }

  /** @throws what the port says, for each kind of write */
  async perform(write: Write): Promise<Answer> {
    try {
      switch (write.kind) {
        case 'commit':
          this.#commit(write.commits, write.leases);
          return null;
        case 'begin':
          this.#begin(write.collection, write.progress, write.partitions, write.about);
          return null;
        case 'describe':
          this.#describe(write.collection, write.about);
          return null;
        case 'activate':
          this.#activate(write.view, write.collection);
          return null;
        case 'drop':
          await this.#drop(write.collection);
          return null;
        case 'compact':
          this.#compact();
          return null;
        case 'lease':
          return this.#lease(write.name, write.holder, write.ttlMs);
        case 'release':
          this.#leases.release(write.lease);
          return null;
      }
    } catch (error) {
      throw translated(error, this.file);
    }
  }

  #commit(commits: readonly CollectionCommit[], leases: readonly Lease[]): void {
    checkCommits(commits);
    this.#atomically(() => {
      leases.forEach((lease) => this.#leases.check(lease));
      commits.forEach((commit) => this.#apply(commit));
    });
  }

  #begin(collection: Collection, progress: string, partitions: number, about: string): void {
    checkBegin(collection, partitions);
    this.#atomically(() => {
      if (this.#catalogue.find.get(collection)) return;
      const n = Number(this.#catalogue.create.run(collection, about).lastInsertRowid);
      createTables(this.db, n);
      for (let partition = 0; partition < partitions; partition++)
        this.#catalogue.createPartition.run(n, partition, NONE, progress);
    });
  }

  #describe(collection: Collection, about: string): void {
    if (this.#catalogue.describe.run(about, collection).changes === 0)
      throw new UnknownCollection(collection);
  }

  #activate(view: string, collection: Collection): void {
    checkName('A view', view);
    checkName('A collection', collection);
    this.#atomically(() => {
      if (!this.#catalogue.find.get(collection)) throw new UnknownCollection(collection);
      this.#catalogue.activate.run(view, collection);
    });
  }

  async #drop(collection: Collection): Promise<void> {
    this.#atomically(() => {
      const row = this.#catalogue.find.get(collection) as CollectionRow | undefined;
      if (!row) return;
      this.#catalogue.remove.run(row.n);
      this.#catalogue.removePartitions.run(row.n);
      this.#catalogue.deactivate.run(collection);
      setAside(this.db, row.n);
      this.#statements.delete(row.n);
    });
    const steps = clearAside(this.db);
    while (!steps.next().done) await letOthersWrite();
  }

  #compact(): void {
    this.db.exec('VACUUM');
    const { busy } = this.db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    if (busy) throw new ReadStoreUnavailable(`${this.file.path} is being read: compact it again`);
  }

  #lease(name: string, holder: string, ttlMs: number): Lease | null {
    checkLease(name, holder, ttlMs);
    return this.#atomically(() => this.#leases.take(name, holder, ttlMs));
  }

  #apply(commit: CollectionCommit): void {
    const statements = this.#prepared(this.#advance(commit));
    for (const { list, sort, key } of commit.unlisted) statements.unlist.run(list, sort, key);
    applyDocuments(statements, commit.documents);
    for (const { list, sort, key } of commit.listed) statements.list.run(list, sort, key);
    for (const [name, amount] of commit.cells) {
      if (amount === 0) continue;
      // SQLite goes on in floating point where 64 bits do not hold a sum.
      const [isZero] = statements.add.get(name, amount) as [number | null];
      if (isZero === null) throw new TypeError(BEYOND);
      if (isZero === 1) statements.removeCell.run(name);
    }
  }

  /** Moves the partitions, all of which must be where the commit builds on, and gives the collection's number. */
  #advance({ collection, expected, checkpoint, progress }: CollectionCommit): number {
    let n = 0;
    for (const [partition, text] of progress) {
      const row = this.#catalogue.partition.get(collection, partition) as PartitionRow | undefined;
      if (!row) throw new UnknownCollection(collection);
      const actual = checkpointOf(row);
      if (actual !== expected) throw new WrongCheckpoint(collection, expected, actual, partition);
      n = row.n;
      this.#catalogue.advance.run(String(checkpoint), text, n, partition);
    }
    return n;
  }

  #prepared(n: number): WritingStatements {
    let statements = this.#statements.get(n);
    if (!statements) this.#statements.set(n, (statements = prepareWriting(this.db, n)));
    return statements;
  }

  /** IMMEDIATE takes the one write lock before anything is read: two that commit at once are put in a row. */
  #atomically<T>(work: () => T): T {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.db.exec('COMMIT');
      return result;
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
