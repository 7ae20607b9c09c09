/**
 * Reads, on the calling thread and by a connection that can only read. A page is one short transaction: the
 * event loop gets its turn between pages, and no reader keeps the write-ahead log from being moved into the
 * file. Since events are only ever added at the end, pages fit together without a snapshot over all of them.
 */
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { StoreFile } from '#sqlite/index.js';
import {
  StoreUnavailable,
  type EventFilter,
  type Position,
  type ReadAll,
  type ReadStream,
  type StoredEvent,
} from '../port.js';
import { openForReading } from './schema.js';

/** A page ends after so many events, so much text (in UTF-16 code units), or so many positions looked at. */
const PAGE_EVENTS = 500;
const PAGE_TEXT = 1024 * 1024;
const PAGE_POSITIONS = 5000n;

const LAST = 2n ** 63n - 1n;

export interface Page {
  readonly events: readonly StoredEvent[];
  /** Everything up to here has been looked at; null in an empty log. */
  readonly through: Position | null;
  /** There is nothing behind `through` yet. */
  readonly atHead: boolean;
}

/** Whatever SQLite keeps. */
export type Value = bigint | number | string | Uint8Array | null;

type Row = readonly [
  position: bigint,
  stream: Value,
  revision: Value,
  id: Value,
  type: Value,
  data: Value,
  metadata: Value,
];

const COLUMNS = 'events.position, name, events.revision, events.id, type, data, metadata';

const EVENTS = `SELECT ${COLUMNS} FROM events CROSS JOIN streams ON streams.id = events.stream`;

/** Both parts of the index are read side by side in the order of revisions. */
function ofStream(bound: string, order: string): string {
  const part = (places: string): string => `
    SELECT ${COLUMNS}
    FROM streams
    CROSS JOIN ${places} AS place ON place.stream = streams.id
    CROSS JOIN events ON events.position = place.position
    WHERE name = ?1 AND place.revision ${bound} ?2`;
  return `${part('places')} UNION ALL ${part('recent_places')} ORDER BY 3 ${order} LIMIT ?3`;
}

const SQL = {
  forwards: ofStream('>=', 'ASC'),
  backwards: ofStream('<=', 'DESC'),
  head: 'SELECT max(position) FROM events',
  dataVersion: 'PRAGMA data_version',
  // All events are counted in the small index; only those behind the end are looked up by position.
  count: `SELECT (SELECT count(*) FROM places) + (SELECT count(*) FROM recent_places)
               - (SELECT count(*) FROM events WHERE position > ?)`,
} as const;

export class Reader {
  readonly #file: StoreFile;
  readonly #log: DatabaseSyncInstance;
  /** Few texts of SQL exist (one per shape of filter), so they are all kept. */
  readonly #statements = new Map<string, StatementSyncInstance>();

  /**
   * @param open how it is opened, where that is not for reading alone: with rows as arrays and integers as bigints
   * @throws StoreUnavailable when the log cannot be opened
   */
  constructor(file: StoreFile, open: (path: string) => DatabaseSyncInstance = openForReading) {
    this.#file = file;
    try {
      this.#log = open(file.path);
      file.opened(this.#log);
    } catch (error) {
      throw file.error(error);
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#log.isOpen) this.#log.close();
  }

  /** Changes with every commit of any other connection, in this process or another. */
  dataVersion(): bigint {
    return this.#number(SQL.dataVersion) ?? 0n;
  }

  head(): Position | null {
    return this.#number(SQL.head);
  }

  async *readStream(
    stream: string,
    { from, direction = 'forwards', limit = Infinity }: ReadStream,
  ): AsyncGenerator<StoredEvent> {
    const step = direction === 'forwards' ? 1n : -1n;
    let next = from ?? (direction === 'forwards' ? 0n : LAST);
    for (let left = limit; left > 0 && next >= 0n;) {
      const size = Math.min(left, PAGE_EVENTS);
      const { events, full } = this.#rows(SQL[direction], [stream, next, size], size);
      yield* events;
      const last = events.at(-1);
      if (!last || !full) return;
      next = last.revision + step;
      left -= events.length;
      if (left > 0) await turn();
    }
  }

  async *readAll({ after, to, filter, limit = Infinity }: ReadAll): AsyncGenerator<StoredEvent> {
    let cursor = after ?? null;
    for (let left = limit; left > 0;) {
      const page = this.page(cursor, filter, to, left);
      yield* page.events;
      left -= page.events.length;
      cursor = page.through;
      if (page.atHead || cursor === to) return;
      await turn();
    }
  }

  async count({ to, filter }: Pick<ReadAll, 'to' | 'filter'>): Promise<number> {
    if (!where(filter)) return Number(this.#number(SQL.count, to ?? LAST));
    let count = 0;
    const end = least(this.head() ?? 0n, to ?? LAST);
    for (let cursor = 0n; cursor < end; cursor += PAGE_POSITIONS) {
      const sql = `SELECT count(*) FROM events CROSS JOIN streams ON streams.id = events.stream WHERE position > ? AND position <= ?${where(filter)}`;
      count += Number(this.#number(sql, cursor, least(cursor + PAGE_POSITIONS, end), ...values(filter)));
      await turn();
    }
    return count;
  }

  /** The next events after a position, up to `to`; maybe none although more follow, when few match the filter. */
  page(after: Position | null, filter: EventFilter = {}, to: Position = LAST, limit = PAGE_EVENTS): Page {
    const head = this.head();
    const end = least(to, head ?? 0n);
    const cursor = after ?? 0n;
    if (head === null || cursor >= end) return { events: [], through: after ?? head, atHead: true };

    const selective = where(filter);
    const through = selective ? least(cursor + PAGE_POSITIONS, end) : end;
    const size = Math.min(limit, PAGE_EVENTS);
    const sql = `${EVENTS} WHERE position > ? AND position <= ?${selective} ORDER BY position LIMIT ?`;
    const { events, full } = this.#rows(sql, [cursor, through, ...values(filter), size], size);
    const last = full ? (events.at(-1)?.position ?? through) : through;
    return { events, through: last, atHead: last >= end };
  }

  /** All rows of a query, in one short transaction. Whoever asks sees to it that they are few. */
  all<R>(sql: string, ...parameters: readonly Value[]): R[] {
    return this.#reading(() => this.#prepared(sql).all(...parameters));
  }

  /** `full` when the page ended before the rows did. */
  #rows(
    sql: string,
    parameters: readonly (string | number | bigint)[],
    size: number,
  ): { events: StoredEvent[]; full: boolean } {
    return this.#reading(() => {
      const events: StoredEvent[] = [];
      let text = 0;
      for (const row of this.#prepared(sql).iterate(...parameters)) {
        const event = stored(row);
        events.push(event);
        text += event.data.length + event.metadata.length;
        if (text >= PAGE_TEXT) return { events, full: true };
      }
      return { events, full: events.length === size };
    });
  }

  #number(sql: string, ...parameters: readonly (string | bigint)[]): bigint | null {
    return this.#reading(() => this.#prepared(sql).get(...parameters)[0]);
  }

  #prepared(sql: string): StatementSyncInstance {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#log.prepare(sql)));
    return statement;
  }

  #reading<T>(read: () => T): T {
    if (!this.#log.isOpen) throw new StoreUnavailable('The event store is closed.');
    return this.#file.read(read);
  }
}

function where({ types, streamPrefix }: EventFilter = {}): string {
  const conditions = [];
  if (types) conditions.push(' AND type IN (SELECT value FROM json_each(?))');
  if (streamPrefix) conditions.push(' AND substr(name, 1, length(?)) = ?');
  return conditions.join('');
}

function values({ types, streamPrefix }: EventFilter = {}): string[] {
  return [...(types ? [JSON.stringify(types)] : []), ...(streamPrefix ? [streamPrefix, streamPrefix] : [])];
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function stored([position, stream, revision, id, type, data, metadata]: Row): StoredEvent {
  return {
    stream: text(stream),
    revision: typeof revision === 'bigint' ? revision : NO_REVISION,
    position,
    id: text(id),
    type: text(type),
    data: text(data),
    metadata: text(metadata),
  };
}

/** SQLite takes a value of any type in any column but the position. What we never wrote is read as what no event has. */
const NO_REVISION = -1n;
const text = (value: Value): string => (typeof value === 'string' ? value : '');
