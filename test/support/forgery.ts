/** Steps of somebody who can write the file of a log, and knows how it is made and chained. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { CHAIN_START, linkHash } from '#event-store/codec/chain.js';
import { canonicalJson } from '#kernel';

/** @param place `bob/2` for the position of an event, `bob` for the row of a stream */
export type NumberOf = (place: string) => number;

/** SQL, in which `{bob/2}` and `{bob}` stand for these numbers; or what only a program can do. */
export type Step = string | ((log: DatabaseSyncInstance, of: NumberOf) => void);

const TABLES = ['events', 'places', 'recent_places'];

/** The same in the log and in its index. @param statement on TABLE */
export const everywhere = (statement: string): Step[] =>
  TABLES.map((table) => statement.replaceAll('TABLE', table));

/** Gives each event of a stream the hash that belongs to it as it is now. */
export const chained =
  (stream: string): Step =>
  (log, of) =>
    chainAnew(log, of(stream));

/** Moves events to other positions, and their entries in the index with them. */
export const renumbered =
  (to: (position: number, of: NumberOf) => number): Step =>
  (log, of) => {
    const positions = log.prepare('SELECT position FROM events').all();
    for (const table of TABLES) {
      const move = log.prepare(`UPDATE ${table} SET position = ? WHERE position = ?`);
      for (const { position } of positions) move.run(-to(position, of), position); // first to where nobody is
      log.exec(`UPDATE ${table} SET position = -position`);
    }
  };

/** @param places of all events */
export const ordered = (places: readonly string[]): Step =>
  renumbered((position, of) => 1 + places.findIndex((place) => of(place) === position));

export const exchanged = (a: string, b: string): Step =>
  renumbered((position, of) => {
    if (position === of(a)) return of(b);
    return position === of(b) ? of(a) : position;
  });

/** Puts what each of two events says in the place of the other. */
export const exchangedContents =
  (a: string, b: string): Step =>
  (log, of) => {
    const contents = log.prepare('SELECT id, type, data, metadata FROM events WHERE position = ?');
    const put = log.prepare('UPDATE events SET id = ?, type = ?, data = ?, metadata = ? WHERE position = ?');
    const [one, other] = [contents.get(of(a)), contents.get(of(b))];
    put.run(one.id, one.type, one.data, one.metadata, of(b));
    put.run(other.id, other.type, other.data, other.metadata, of(a));
  };

/** Adds an event behind another of its stream, as a copy of that under another id, with an entry in the index, and chains. */
export const inserted =
  (behind: string, at: (of: NumberOf) => number): Step =>
  (log, of) => {
    const { stream, revision } = log
      .prepare('SELECT stream, revision FROM events WHERE position = ?')
      .get(of(behind));
    for (const table of TABLES) {
      const later = `UPDATE ${table} SET revision = -revision - 1 WHERE stream = ? AND revision > ?`;
      log.prepare(later).run(stream, revision); // first to where nobody is
      log.prepare(`UPDATE ${table} SET revision = -revision WHERE stream = ? AND revision < 0`).run(stream);
    }
    const copy = `INSERT INTO events SELECT ?, stream, ?, ?, type, data, metadata FROM events WHERE position = ?`;
    const id = `00000000-0000-8000-8000-${String(at(of)).padStart(12, '0')}`;
    log.prepare(copy).run(at(of), revision + 1, id, of(behind));
    log.prepare('INSERT INTO recent_places VALUES (?, ?, ?)').run(stream, revision + 1, at(of));
    chainAnew(log, stream);
  };

/** Gives a stream another name in its table, and leaves the index as it is that SQLite keeps of names. */
export const renamedBehindIndex =
  (stream: string, to: string): Step =>
  (log, of) => {
    const { name } = log.prepare('SELECT name FROM streams WHERE id = ?').get(of(stream));
    renameBehindIndex(log, name, to);
  };

/** SQLite does that to no table that it knows to have an index, so for a moment it does not know. */
export function renameBehindIndex(log: DatabaseSyncInstance, from: string, to: string): void {
  const index = 'sqlite_autoindex_streams_1';
  const { sql } = log.prepare(`SELECT sql FROM sqlite_schema WHERE name = 'streams'`).get();
  const { rootpage } = log.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(index);
  log.enableDefensive(false);
  log.exec(`
    PRAGMA writable_schema = ON;
    DELETE FROM sqlite_schema WHERE name = '${index}';
    UPDATE sqlite_schema SET sql = replace(sql, ' UNIQUE', '') WHERE name = 'streams';
    PRAGMA schema_version = 1001;
    PRAGMA writable_schema = RESET`);
  log.prepare('UPDATE streams SET name = ? WHERE name = ?').run(to, from);
  log.exec('PRAGMA writable_schema = ON');
  log.prepare(`UPDATE sqlite_schema SET sql = ? WHERE name = 'streams'`).run(sql);
  log.exec(
    `INSERT INTO sqlite_schema VALUES ('index', '${index}', 'streams', ${rootpage}, NULL); PRAGMA schema_version = 1002`,
  );
}

function chainAnew(log: DatabaseSyncInstance, stream: number): void {
  const update = log.prepare('UPDATE events SET metadata = ? WHERE position = ?');
  const events = log.prepare(`
    SELECT name, position, revision, events.id AS id, type, data, metadata
    FROM events JOIN streams ON streams.id = stream WHERE stream = ? ORDER BY revision`);
  let previous = CHAIN_START;
  for (const { name, position, revision, id, type, data, metadata } of events.all(stream)) {
    const { hash: _, ...rest } = JSON.parse(metadata) as Record<string, string>;
    const link = { stream: name, revision: BigInt(revision), id, type, data, metadata: canonicalJson(rest) };
    const hash = linkHash(previous, link);
    update.run(canonicalJson({ ...rest, hash }), position);
    previous = hash;
  }
}
