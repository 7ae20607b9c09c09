/** The entries of the index of streams, each looked up in the log. */
import type { IndexFault } from '../port.js';
import { nameIn, PAGE, pause, type Walk } from './index-walk.js';
import type { Value } from './reader.js';

/** Entries move from the recent ones to the settled ones, never back: in this order none is missed. */
export const RECENT_FIRST = ['recent_places', 'places'] as const;
type Table = (typeof RECENT_FIRST)[number];

/** The settled entries of a stream all come before its recent ones: whoever looks for its newest event relies on that. */
const LATER = '(SELECT max(revision) FROM places WHERE stream = entry.stream AND revision > entry.revision)';

const entriesOf = (table: Table, where: string): string => `
  SELECT entry.stream, entry.revision, entry.position, mine.name, event.stream, event.revision, theirs.name,
         ${table === 'recent_places' ? LATER : 'NULL'}
  FROM (SELECT * FROM ${table} WHERE ${where} (stream, revision) > (?1, ?2)
        ORDER BY stream, revision LIMIT ${PAGE}) AS entry
  LEFT JOIN streams AS mine ON mine.id = entry.stream
  LEFT JOIN events AS event ON event.position = entry.position
  LEFT JOIN streams AS theirs ON theirs.id = event.stream`;

type Entry = readonly [
  stream: Value,
  revision: Value,
  position: Value,
  name: Value,
  streamThere: Value,
  revisionThere: Value,
  nameThere: Value,
  later: Value,
];

/** Entries that lead to no event, or to another, or stand in the wrong part of the index. */
export async function* strayEntries(walk: Walk, table: Table): AsyncGenerator<IndexFault> {
  const { reader, id } = walk;
  const sql = entriesOf(table, id === null ? '' : 'stream = ?3 AND');
  const only = id === null ? [] : [id];
  for (let after: readonly Value[] = [id ?? -Infinity, -Infinity]; ;) {
    const entries: Entry[] = reader.all<Entry>(sql, ...after, ...only);
    for (const entry of entries) {
      const reason = whyStray(entry);
      if (reason === null) continue;
      yield { stream: nameIn(entry[3]), revision: String(entry[1]), position: String(entry[2]), reason };
    }
    const last: Entry | undefined = entries.at(-1);
    if (last === undefined || entries.length < PAGE) return;
    after = last.slice(0, 2);
    await pause(walk);
  }
}

function whyStray([stream, revision, position, name, streamThere, revisionThere, nameThere, later]: Entry):
  string | null {
  if (typeof position !== 'bigint' || position <= 0n || streamThere === null)
    return 'is in the index, and not in the log';
  if (stream !== streamThere || revision !== revisionThere)
    return `is in the index, and the log has revision ${String(revisionThere)} of ${String(nameThere ?? streamThere)} there`;
  if (name === null) return `is in the index of a stream without a name, ${String(stream)}`;
  return later === null
    ? null
    : `stands among the recent in the index, and revision ${String(later)} does not`;
}
