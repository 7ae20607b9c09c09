/**
 * The order of the log under concurrent writers. A log that gives out a position before it commits shows
 * readers a later event before an earlier one; a reader that has gone past the gap never sees what is then
 * put into it. That is the commonest defect of event stores, and this is the test for it.
 */
import { describe, expect, it } from '@jest/globals';
import type { StoreUnderTest } from '../contract.js';
import type { EventStore, Position, StoredEvent } from '../port.js';
import { all, anEvent, disorder, fresh, ids, turn } from './fixtures.js';

const WRITERS = 8;
const APPENDS = 60;
const EVENTS_AN_APPEND = 3;
const TOTAL = WRITERS * APPENDS * EVENTS_AN_APPEND;

export function order(underTest: () => StoreUnderTest): void {
  describe('with eight writers on two connections', () => {
    it('positions strictly increase, and no event appears behind one that has been read', async () => {
      const { store, connect } = underTest();
      const stores = [store, await connect()];
      const prefix = fresh('writer');
      const filter = { streamPrefix: prefix };
      const start = await store.head();

      const readers = stores.map((from) => pollUntilAll(from, start, prefix));
      const subscribers = stores.map((from) => subscribeUntilAll(from, start, filter));
      const unfiltered = stores.map((from) => subscribeUntilAll(from, start, undefined, prefix));
      const appended = await Promise.all(
        Array.from({ length: WRITERS }, (_, i) => write(stores[i % 2] ?? store, `${prefix}-${i}`)),
      );

      const inTheEnd = await all(store.readAll(start === null ? { filter } : { after: start, filter }));
      expect(inTheEnd).toHaveLength(TOTAL);
      expect(disorder(inTheEnd.map(({ position }) => position))).toEqual([]);
      expect(new Set(ids(inTheEnd))).toEqual(new Set(appended.flat()));
      for (const seen of await Promise.all([...readers, ...subscribers, ...unfiltered]))
        expect(ids(seen)).toEqual(ids(inTheEnd));
    });

    it('one stream takes all their events, in one sequence without a gap', async () => {
      const { store, connect } = underTest();
      const stores = [store, await connect()];
      const stream = fresh('shared');
      const appended = await Promise.all(
        Array.from({ length: WRITERS }, (_, i) => write(stores[i % 2] ?? store, stream)),
      );
      const events = await all(store.readStream(stream));
      expect(events.map(({ revision }) => Number(revision))).toEqual(
        Array.from({ length: TOTAL }, (_, i) => i),
      );
      expect(disorder(events.map(({ position }) => position))).toEqual([]);
      for (const own of appended) {
        const mine = new Set(own);
        expect(ids(events).filter((id) => mine.has(id))).toEqual(own);
      }
    });
  });
}

/** Appends one after the other; answers the ids in the order of appending. */
async function write(store: EventStore, stream: string): Promise<string[]> {
  const written: string[] = [];
  for (let i = 0; i < APPENDS; i++) {
    const events = Array.from({ length: EVENTS_AN_APPEND }, () => anEvent());
    await store.append(stream, events, 'any');
    written.push(...ids(events));
  }
  return written;
}

/** A reader that comes back again and again for what is behind the last event it has seen. */
async function pollUntilAll(
  store: EventStore,
  start: Position | null,
  prefix: string,
): Promise<StoredEvent[]> {
  const seen: StoredEvent[] = [];
  let after = start;
  while (seen.length < TOTAL) {
    for await (const event of store.readAll(after === null ? {} : { after })) {
      if (event.stream.startsWith(prefix)) seen.push(event);
      after = event.position;
    }
    await turn();
  }
  return seen;
}

async function subscribeUntilAll(
  store: EventStore,
  after: Position | null,
  filter: { streamPrefix: string } | undefined,
  prefix = '',
): Promise<StoredEvent[]> {
  const seen: StoredEvent[] = [];
  for await (const message of store.subscribe(filter ? { after, filter } : { after })) {
    if (message.kind === 'event' && message.event.stream.startsWith(prefix)) seen.push(message.event);
    if (seen.length === TOTAL) break;
  }
  return seen;
}
