/** The names of streams: each leads to its stream and no other, and each stream has an event. */
import type { IndexFault } from '../port.js';
import { GOES_ON, goesOn, nameIn, PAGE, pause, type Walk } from './index-walk.js';
import type { Reader, Value } from './reader.js';

/** Looked up by its name as a reader does, which is by an index of SQLite's own. */
const STREAMS = `
  SELECT stream.id, stream.name,
    (SELECT id FROM streams WHERE name = stream.name),
    EXISTS (SELECT 1 FROM places WHERE stream = stream.id)
      OR EXISTS (SELECT 1 FROM recent_places WHERE stream = stream.id),
    ${goesOn('stream.name')}
  FROM (SELECT id, name FROM streams WHERE id > ?1 ORDER BY id LIMIT ${PAGE}) AS stream`;

/** The other way round: what else a reader may find by a name. */
const NAMES = `
  SELECT called.name, called.id, stream.name
  FROM (SELECT name, id FROM streams WHERE name > ?1 ORDER BY name LIMIT ${PAGE}) AS called
  LEFT JOIN streams AS stream ON stream.id = called.id`;

/** The row id of a stream, and what the stream of that id is called. */
const NAMED = `
  SELECT called.id, stream.name
  FROM (SELECT id FROM streams WHERE name = ?) AS called
  LEFT JOIN streams AS stream ON stream.id = called.id`;

type Stream = readonly [id: bigint, name: Value, found: Value, hasEvents: bigint, goingOn: bigint];
type Name = readonly [name: Value, id: bigint, nameThere: Value];

/** The row id that a reader finds by a name; null where there is none. */
export function* idOf(reader: Reader, name: string): Generator<IndexFault, Value> {
  const [id, nameThere] = reader.all<[Value, Value]>(NAMED, name)[0] ?? [null, null];
  if (id !== null && nameThere !== name) yield fault(name, `leads to the stream ${String(nameThere)}`);
  return id;
}

export async function* strangeNames(walk: Walk): AsyncGenerator<IndexFault> {
  yield* inOrderOfIds(walk);
  yield* inOrderOfNames(walk);
}

const fault = (name: Value, reason: string): IndexFault => ({
  stream: nameIn(name),
  revision: null,
  position: null,
  reason,
});

async function* inOrderOfIds(walk: Walk): AsyncGenerator<IndexFault> {
  for (let after = -(2n ** 63n); ;) {
    const streams = walk.reader.all<Stream>(STREAMS, after);
    for (const [id, name, found, hasEvents, goingOn] of streams) {
      if (found !== id) yield fault(name, 'is not found by its name');
      else if (goingOn) yield fault(name, GOES_ON);
      else if (!hasEvents) yield fault(name, 'has a name, and no events');
    }
    const last = streams.at(-1);
    if (last === undefined || streams.length < PAGE) return;
    [after] = last;
    await pause(walk);
  }
}

async function* inOrderOfNames(walk: Walk): AsyncGenerator<IndexFault> {
  for (let after: Value = ''; ;) {
    const names: Name[] = walk.reader.all<Name>(NAMES, after);
    for (const [name, , nameThere] of names)
      if (name !== nameThere) yield fault(name, `leads to the stream ${String(nameThere)}`);
    const last: Name | undefined = names.at(-1);
    if (last === undefined || names.length < PAGE) return;
    [after] = last;
    await pause(walk);
  }
}
