/**
 * The index of streams, held against the log. Commands, replays and the key ring read by the index, so what it does not lead
 * to is hidden from them, however sound the log is.
 *
 * Each event is looked for in the index. If each is there once, and the index has as many entries as the log has events,
 * it leads to nothing else. Only otherwise is each entry looked up in the log, which costs more: entries are in the order of
 * streams, and events in that of the log. The few entries that are not yet settled are looked up in any case.
 *
 * An event and its entry are committed together and stay as they are, so pages fit together without a transaction over all
 * of them, and writers go on.
 */
import type { IndexCheck, IndexFault } from '../port.js';
import { RECENT_FIRST, strayEntries } from './index-entries.js';
import { idOf, strangeNames } from './index-names.js';
import { GOES_ON, goesOn, nameIn, PAGE, pause, type Walk } from './index-walk.js';
import type { Reader, Value } from './reader.js';
import { strangeParts } from './schema-check.js';

export async function* indexFaults(
  reader: Reader,
  { to, stream, signal }: IndexCheck,
): AsyncGenerator<IndexFault> {
  const parts = strangeParts(reader);
  yield* parts;
  if (parts.length > 0) return; // what is asked below may not be there
  if (stream !== undefined) {
    const id = yield* idOf(reader, stream);
    if (id === null) return;
    const walk: Walk = { reader, to, id, signal };
    yield* strayEvents(walk);
    for (const table of RECENT_FIRST) yield* strayEntries(walk, table);
    return;
  }
  const walk: Walk = { reader, to, id: null, signal };
  const { events, astray } = yield* strayEvents(walk);
  const entries = reader.all<[bigint]>(ENTRIES, to)[0]![0]; // it counts, so there is one row
  let named = astray;
  for (const table of astray || entries !== events ? RECENT_FIRST : RECENT_FIRST.slice(0, 1))
    for await (const stray of strayEntries(walk, table)) {
      named = true;
      yield stray;
    }
  if (entries !== events && !named)
    yield fault(`the index has ${entries} entries, and the log ${events} events`);
  yield* strangeNames(walk);
}

const fault = (reason: string): IndexFault => ({ stream: null, revision: null, position: null, reason });

/** What was appended behind the end meanwhile does not count; its entries are there as well. */
const ENTRIES = `
  SELECT (SELECT count(*) FROM places) + (SELECT count(*) FROM recent_places)
       - (SELECT count(*) FROM events WHERE position > ?)`;

const NEXT_PAGE = `
  SELECT count(*), max(position)
  FROM (SELECT position FROM events WHERE position > ?1 AND position <= ?2 ORDER BY position LIMIT ${PAGE})`;

const GOING_ON = ['id', 'type', 'data', 'metadata'].map((column) => goesOn(`event.${column}`)).join(' OR ');

const strayIn = (bounds: string): string => `
  SELECT name, event.stream, CAST(event.revision AS TEXT), event.position, settled.position, recent.position, ${GOING_ON}
  FROM events AS event
  LEFT JOIN streams ON streams.id = event.stream
  LEFT JOIN places AS settled ON settled.stream = event.stream AND settled.revision = event.revision
  LEFT JOIN recent_places AS recent ON recent.stream = event.stream AND recent.revision = event.revision
  WHERE ${bounds} AND (
    name IS NULL
    OR coalesce(settled.position, recent.position) IS NOT event.position
    OR (settled.position IS NOT NULL AND recent.position IS NOT NULL)
    OR event.position <= 0
    OR ${GOING_ON})`;

const STRAY = strayIn('event.position > ?1 AND event.position <= ?2');
const STRAY_OF_STREAM = strayIn('event.position > ?1 AND event.position <= ?2 AND event.stream = ?3');

type StrayEvent = readonly [
  name: Value,
  stream: Value,
  revision: string,
  position: bigint,
  settled: Value,
  recent: Value,
  goingOn: bigint,
];

const BEFORE_ALL = -(2n ** 63n);

/** Events that the index does not lead to once, or not all of. */
async function* strayEvents(
  walk: Walk,
): AsyncGenerator<IndexFault, { readonly events: bigint; readonly astray: boolean }> {
  const { reader, to, id } = walk;
  let events = 0n;
  let astray = false;
  for (let after = BEFORE_ALL; ;) {
    const [count, last] = reader.all<[bigint, bigint | null]>(NEXT_PAGE, after, to)[0]!; // it counts
    if (last === null) return { events, astray };
    events += count;
    const rows =
      id === null
        ? reader.all<StrayEvent>(STRAY, after, last)
        : reader.all<StrayEvent>(STRAY_OF_STREAM, after, last, id);
    for (const row of rows) {
      astray = true;
      const [name, , revision, position] = row;
      yield { stream: nameIn(name), revision, position: String(position), reason: whyAstray(row) };
    }
    after = last;
    await pause(walk);
  }
}

function whyAstray([name, stream, , position, settled, recent, goingOn]: StrayEvent): string {
  if (position <= 0n) return 'stands before the beginning of the log';
  if (goingOn) return GOES_ON;
  if (name === null) return `belongs to a stream without a name, ${String(stream)}`;
  if (settled !== null && recent !== null) return 'stands twice in the index of its stream';
  const place = settled ?? recent;
  if (place === null) return 'is not in the index of its stream';
  return `is not where the index of its stream leads to, position ${String(place)}`;
}
