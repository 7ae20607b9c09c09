/**
 * The file of a store, in each thread that has it open: closed to others before SQLite opens it, looked for before it is
 * relied on, and explained where it fails.
 *
 *     const file = new StoreFile(path, WORDS);
 *     file.claim();
 *     const database = new DatabaseSync(path);
 *     file.opened(database);
 *     file.read(() => database.prepare('…').all());
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { claim } from './closed-to-others.js';
import { Condition } from './condition.js';
import { said, type Said } from './failure.js';
import { identityOf, isStill, Presence, Replaced, type Identity } from './presence.js';
import type { Words } from './words.js';

export class StoreFile {
  readonly #condition: Condition;
  #presence: Presence | undefined;
  #database: DatabaseSyncInstance | undefined;
  /** The file that was at the path before it was opened. */
  #claimed: Identity[number] = null;

  constructor(
    readonly path: string,
    private readonly words: Words,
    /** The file that another thread of this process has open: the only file that may be opened. */
    private readonly expected?: Identity,
  ) {
    this.#condition = new Condition(path);
  }

  /**
   * Makes the file where it is not there, and closes it to others. To be called before it is opened. One that another
   * thread has open must be there.
   * @throws the port's error
   */
  claim(): void {
    try {
      if (this.expected === undefined) claim(this.path);
      else new Presence(this.path, this.expected);
      this.#claimed = identityOf(this.path);
    } catch (error) {
      throw this.error(error);
    }
  }

  /** @throws Replaced */
  opened(database: DatabaseSyncInstance): void {
    database.exec('SELECT 1 FROM sqlite_schema LIMIT 1'); // from now on all parts are there
    this.#database = database;
    this.#presence = new Presence(this.path, this.expected);
    // Another may have been put there while this one waited for a lock.
    if (this.#claimed !== null && !isStill(this.path, this.#claimed)) throw new Replaced();
  }

  get identity(): Identity | undefined {
    return this.#presence?.identity ?? this.expected;
  }

  /** Reads, of a file that was there not long ago. @throws the port's error */
  read<T>(work: () => T): T {
    try {
      this.glance();
      return work();
    } catch (error) {
      const failure = this.said(error);
      if (failure === null) throw error;
      this.#condition.unread(failure, () => this.#readAgain(work));
      throw this.#thrown(failure, error);
    }
  }

  /**
   * Writes, to a file that was there not long ago and is there when it is written: only then can it be acknowledged.
   * @throws the port's error
   */
  write<T>(work: () => T): T {
    try {
      this.glance();
      const result = work();
      this.look();
      this.written();
      return result;
    } catch (error) {
      const failure = this.said(error);
      if (failure === null) throw error;
      this.unwritten(failure);
      throw this.#thrown(failure, error);
    }
  }

  /** To be called before a write that is not made by `write`. @throws Replaced */
  glance(): void {
    if (this.#database?.isOpen) this.#presence?.glance();
  }

  /** To be called after it, before it is acknowledged. @throws Replaced */
  look(): void {
    if (this.#database?.isOpen) this.#presence?.look();
  }

  /** The writer of this file, in a thread of its own, could not write. */
  unwritten(failure: Said): void {
    if (failure.trouble === 'replaced') this.#presence?.giveUp();
    this.#condition.unwritten(failure);
  }

  written(): void {
    this.#condition.written();
  }

  /** Null for a defect, which keeps its stack. */
  said(error: unknown): Said | null {
    return said(error, this.words, this.path);
  }

  /** The error to throw instead of one of SQLite's or the system's; any other is itself. */
  error(error: unknown): unknown {
    const failure = this.said(error);
    return failure === null ? error : this.#thrown(failure, error);
  }

  /** See the `trouble` of the ports. It looks, for nobody may have done so for a while. */
  trouble(): string | null {
    try {
      this.look();
      return this.#condition.trouble();
    } catch (error) {
      const failure = this.said(error);
      if (failure === null) throw error;
      return failure.reason;
    }
  }

  #thrown({ message }: Said, cause: unknown): Error {
    return this.words.unavailable(message, { cause });
  }

  /** From the disk: a page that was read damaged would be found in SQLite's cache as it was. */
  #readAgain(work: () => unknown): void {
    this.look();
    this.#database?.exec('PRAGMA shrink_memory');
    work();
  }
}
