/**
 * One batch is one transaction. Every append of the batch gets its own verdict: one that expects a wrong
 * revision is left out and the others go in; what fails as a whole (a full disk) is rolled back as a whole.
 *
 * Whether an append is new, a repetition or wrong is decided by EventStoreDB's rules (`CheckCommit` in
 * EventStore.Core/Services/Storage/ReaderIndex/IndexWriter.cs).
 */
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import {
  ANY,
  APPENDED,
  NO_STREAM,
  STREAM_EXISTS,
  TEXTS_PER_EVENT,
  WRONG_REVISION,
  type Batch,
  type Verdicts,
} from './batch.js';
import { Heads, type Head } from './heads.js';

const COLUMNS = 7;
/** Rows per INSERT: binding many rows at once costs half of as many statements. */
const CHUNKS = [64, 16, 4, 1] as const;

/** Places that are moved together: more make each commit larger, fewer make moving dearer. */
const RECENT = 8192;

type Place = { readonly revision: number; readonly position: number };

export class Committer {
  readonly #log: DatabaseSyncInstance;
  readonly #heads = new Heads();
  readonly #inserts: readonly { readonly values: number; readonly statement: StatementSyncInstance }[];
  readonly #dataVersion: StatementSyncInstance;
  readonly #lastPosition: StatementSyncInstance;
  readonly #headOf: StatementSyncInstance;
  readonly #addStream: StatementSyncInstance;
  readonly #eventAt: StatementSyncInstance;
  readonly #eventCalled: StatementSyncInstance;
  readonly #place: StatementSyncInstance;
  readonly #countRecent: StatementSyncInstance;

  #version = -1;
  /** Rows decided but not yet handed to SQLite, column after column. */
  #rows: (string | number)[] = [];
  #position = 0;
  /** Up to this position events have their place. */
  #placed = 0;
  /** Rows of `recent_places`, where known. */
  #recent: number | undefined;

  constructor(log: DatabaseSyncInstance) {
    this.#log = log;
    // OR ROLLBACK: a many-row INSERT that could fail half-way would otherwise keep a temporary journal file.
    this.#inserts = CHUNKS.map((rows) => ({
      values: rows * COLUMNS,
      statement: log.prepare(
        `INSERT OR ROLLBACK INTO events (position, stream, revision, id, type, data, metadata)
         VALUES ${Array(rows).fill('(?,?,?,?,?,?,?)').join()}`,
      ),
    }));
    this.#dataVersion = log.prepare('PRAGMA data_version');
    this.#lastPosition = log.prepare('SELECT max(position) AS position FROM events');
    this.#headOf = log.prepare(
      `SELECT id, coalesce(
         (SELECT max(revision) FROM recent_places WHERE stream = streams.id),
         (SELECT max(revision) FROM places WHERE stream = streams.id)
       ) AS revision
       FROM streams WHERE name = ?`,
    );
    this.#addStream = log.prepare('INSERT INTO streams (name) VALUES (?)');
    this.#eventAt = log.prepare(
      `SELECT id, position FROM events WHERE position = coalesce(
         (SELECT position FROM recent_places WHERE stream = ?1 AND revision = ?2),
         (SELECT position FROM places WHERE stream = ?1 AND revision = ?2)
       )`,
    );
    this.#eventCalled = log.prepare(
      `SELECT revision, position FROM events WHERE id = ?2 AND position IN (
         SELECT position FROM recent_places WHERE stream = ?1
         UNION ALL SELECT position FROM places WHERE stream = ?1
       ) LIMIT 1`,
    );
    this.#place = log.prepare(
      'INSERT INTO recent_places SELECT stream, revision, position FROM events WHERE position > ?',
    );
    this.#countRecent = log.prepare('SELECT count(*) AS count FROM recent_places');
  }

  /** Commits a batch durably. Throws SQLite's error when nothing of it has been written. */
  commit({ numbers, texts }: Batch): Verdicts {
    try {
      this.#begin();
      const verdicts: number[] = [];
      for (let at = 0, text = 0; at < numbers.length; at += 2) {
        const [expected, count] = [Number(numbers[at]), Number(numbers[at + 1])];
        const end = text + 1 + count * TEXTS_PER_EVENT;
        this.#append(texts, text, end, expected, verdicts);
        text = end;
      }
      this.#insertRows();
      this.#settlePlaces();
      this.#log.exec('COMMIT');
      return verdicts;
    } catch (error) {
      this.#forget();
      if (this.#log.isTransaction) this.#log.exec('ROLLBACK');
      throw error;
    }
  }

  #begin(): void {
    this.#log.exec('BEGIN IMMEDIATE');
    const { data_version: version } = this.#dataVersion.get();
    if (version !== this.#version) this.#forget();
    this.#version = version;
    this.#position = this.#lastPosition.get().position ?? 0;
    this.#placed = this.#position;
    this.#recent ??= Number(this.#countRecent.get().count);
  }

  #forget(): void {
    this.#heads.clear();
    this.#recent = undefined;
    this.#rows = [];
  }

  /** Decides on the append whose stream is `texts[start]` and whose events follow up to `end`. */
  #append(texts: readonly string[], start: number, end: number, expected: number, verdicts: number[]): void {
    const stream = String(texts[start]);
    const head = this.#head(stream);
    const revision = head?.revision ?? NO_STREAM;
    const ids = idsOf(texts, start + 1, end);

    const earlier = head && this.#earlierAppend(head, expected, ids);
    if (earlier === 'differs' || (!earlier && !isAt(expected, revision))) {
      verdicts.push(WRONG_REVISION, revision, 0);
    } else if (earlier) {
      verdicts.push(APPENDED, earlier.revision, earlier.position);
    } else {
      const target = head ?? this.#newStream(stream);
      for (let text = start + 1; text < end; text += TEXTS_PER_EVENT) {
        this.#rows.push(++this.#position, target.id, ++target.revision);
        for (let field = 0; field < TEXTS_PER_EVENT; field++) this.#rows.push(String(texts[text + field]));
      }
      verdicts.push(APPENDED, target.revision, this.#position);
    }
  }

  /** Where an earlier attempt put these events; null when there was none; `differs` when only some are there. */
  #earlierAppend(head: Head, expected: number, ids: readonly string[]): Place | 'differs' | null {
    if (expected >= head.revision) return null;
    this.#insertRows(); // the earlier attempt may be in this very batch
    const anywhere = expected === ANY || expected === STREAM_EXISTS;
    let place: Place | null = null;
    for (const [index, id] of ids.entries()) {
      const found: Place | null = anywhere
        ? this.#placeOf(head, id)
        : this.#placeAt(head, expected + 1 + index, id);
      if (!found) return index === 0 ? null : 'differs';
      place = found;
    }
    return place;
  }

  /** Newest first: a repetition comes soon after. */
  #placeOf(head: Head, id: string): Place | null {
    return this.#eventCalled.get(head.id, id) ?? null;
  }

  #placeAt(head: Head, revision: number, id: string): Place | null {
    const event = this.#eventAt.get(head.id, revision);
    return event?.id === id ? { revision, position: event.position } : null;
  }

  #head(stream: string): Head | null {
    const known = this.#heads.get(stream);
    if (known) return known;
    const head: Head | undefined = this.#headOf.get(stream);
    if (!head) return null;
    this.#heads.set(stream, head);
    return head;
  }

  #newStream(name: string): Head {
    const head = { id: Number(this.#addStream.run(name).lastInsertRowid), revision: NO_STREAM };
    this.#heads.set(name, head);
    return head;
  }

  #insertRows(): void {
    const rows = this.#rows;
    let done = 0;
    for (const { values, statement } of this.#inserts)
      for (; done + values <= rows.length; done += values) statement.run(...rows.slice(done, done + values));
    this.#rows = [];
    if (done === 0) return;
    this.#place.run(this.#placed);
    this.#recent = (this.#recent ?? 0) + this.#position - this.#placed;
    this.#placed = this.#position;
  }

  /** Many recent places are moved in one go, in the order in which they are kept: most land on a page together. */
  #settlePlaces(): void {
    if ((this.#recent ?? 0) < RECENT) return;
    this.#log.exec('INSERT INTO places SELECT * FROM recent_places; DELETE FROM recent_places');
    this.#recent = 0;
  }
}

function isAt(expected: number, revision: number): boolean {
  if (expected === ANY) return true;
  return expected === STREAM_EXISTS ? revision !== NO_STREAM : expected === revision;
}

function idsOf(texts: readonly string[], from: number, to: number): string[] {
  const ids: string[] = [];
  for (let text = from; text < to; text += TEXTS_PER_EVENT) ids.push(String(texts[text]));
  return ids;
}
