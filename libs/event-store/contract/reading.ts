/** Reading: one stream from either end, the whole log through a filter, its head and its count. */
import { describe, expect, it } from '@jest/globals';
import type { StoreUnderTest } from '../contract.js';
import type { EventStore, Position, ReadStream } from '../port.js';
import { all, anEvent, disorder, fresh, ids, jsonOf, someEvents } from './fixtures.js';

export function reading(underTest: () => StoreUnderTest): void {
  const store = (): EventStore => underTest().store;

  describe('a stream', () => {
    const revisions = async (stream: string, options: ReadStream): Promise<number[]> =>
      (await all(store().readStream(stream, options))).map(({ revision }) => Number(revision));

    it('is read from any revision in either direction, as far as asked', async () => {
      const stream = fresh('stream');
      await store().append(stream, someEvents(6), 'no_stream');
      expect(await revisions(stream, {})).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await revisions(stream, { from: 4n })).toEqual([4, 5]);
      expect(await revisions(stream, { from: 1n, limit: 2 })).toEqual([1, 2]);
      expect(await revisions(stream, { from: 6n })).toEqual([]);
      expect(await revisions(stream, { limit: 0 })).toEqual([]);
      expect(await revisions(stream, { direction: 'backwards' })).toEqual([5, 4, 3, 2, 1, 0]);
      expect(await revisions(stream, { direction: 'backwards', limit: 1 })).toEqual([5]);
      expect(await revisions(stream, { direction: 'backwards', from: 3n, limit: 2 })).toEqual([3, 2]);
      expect(await revisions(stream, { direction: 'backwards', from: 9n, limit: 1 })).toEqual([5]);
    });

    it('that does not exist has no events', async () => {
      expect(await revisions(fresh('stream'), {})).toEqual([]);
      expect(await revisions(fresh('stream'), { direction: 'backwards' })).toEqual([]);
    });

    it('of many and of large events is whole and in order', async () => {
      const stream = fresh('stream');
      await store().append(stream, someEvents(990), 'no_stream');
      await store().append(stream, someEvents(600), 989n);
      for (let i = 0; i < 5; i++) await store().append(stream, [anEvent({ data: jsonOf(400_000) })], 'any');
      const expected = Array.from({ length: 1595 }, (_, i) => i);
      expect(await revisions(stream, {})).toEqual(expected);
      expect(await revisions(stream, { direction: 'backwards' })).toEqual(expected.reverse());
      expect(await revisions(stream, { from: 10n, limit: 700 })).toHaveLength(700);
    });

    it('comes back as it was appended, without what others appended meanwhile', async () => {
      const [one, two] = [fresh('stream'), fresh('stream')];
      const events = someEvents(4);
      for (const [i, event] of events.entries()) await store().append(i % 2 ? two : one, [event], 'any');
      const stored = await all(store().readStream(two));
      expect(stored).toMatchObject([
        { ...events[1], stream: two, revision: 0n },
        { ...events[3], stream: two, revision: 1n },
      ]);
      expect(disorder(stored.map(({ position }) => position))).toEqual([]);
    });
  });

  describe('the log', () => {
    /** Six events of two types on four streams of two prefixes, each appended alone. */
    async function someHistory() {
      const [prefix, other, kind, second] = [fresh('p'), fresh('q'), fresh('Kind'), fresh('Kind')];
      const appends = [
        [`${prefix}-1`, kind],
        [`${other}-1`, kind],
        [`${prefix}-1`, second],
        [`${prefix}-2`, kind],
        [`${other}-2`, second],
        [`${prefix}-2`, kind],
      ] as const;
      const before = await store().head();
      const positions: Position[] = [];
      for (const [stream, type] of appends)
        positions.push((await store().append(stream, [anEvent({ type })], 'any')).position);
      return { prefix, other, kind, second, before: before ?? undefined, positions };
    }

    it('is read after a position, up to a position, through a filter of types, of a prefix, or of both', async () => {
      const { prefix, kind, second, positions } = await someHistory();
      const read = async (options: Parameters<EventStore['readAll']>[0]): Promise<number[]> =>
        (await all(store().readAll(options))).map(({ position }) => positions.indexOf(position));
      expect(await read({ filter: { types: [kind] } })).toEqual([0, 1, 3, 5]);
      expect(await read({ filter: { types: [kind, second] } })).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await read({ filter: { streamPrefix: prefix } })).toEqual([0, 2, 3, 5]);
      expect(await read({ filter: { types: [second], streamPrefix: prefix } })).toEqual([2]);
      expect(await read({ filter: { types: [kind] }, after: positions[0]! })).toEqual([1, 3, 5]); // positions has six
      expect(await read({ filter: { types: [kind] }, after: positions[0]!, to: positions[3]! })).toEqual([
        1, 3,
      ]);
      expect(await read({ filter: { types: [kind] }, after: positions[2]!, to: positions[2]! })).toEqual([]);
      expect(await read({ filter: { types: [kind] }, limit: 2 })).toEqual([0, 1]);
      expect(await read({ filter: { types: [] } })).toEqual([]);
    });

    it('holds everything in the order of positions', async () => {
      const { before, positions } = await someHistory();
      const everything = await all(store().readAll({ filter: {} }));
      expect(disorder(everything.map(({ position }) => position))).toEqual([]);
      const found = new Set(everything.map(({ position }) => position));
      expect(positions.filter((position) => !found.has(position))).toEqual([]);
      const since = await all(store().readAll(before === undefined ? {} : { after: before }));
      expect(since.map(({ position }) => position)).toEqual(expect.arrayContaining(positions));
    });

    it('takes a prefix by the letter', async () => {
      const prefix = `${fresh('p')}%_*?[`;
      await store().append(`${prefix}1`, someEvents(1), 'no_stream');
      await store().append(`${prefix.slice(0, -1)}x1`, someEvents(1), 'no_stream');
      const found = await all(store().readAll({ filter: { streamPrefix: prefix } }));
      expect(found.map(({ stream }) => stream)).toEqual([`${prefix}1`]);
    });

    it('has its head at the newest event', async () => {
      const { position } = await store().append(fresh('stream'), someEvents(3), 'no_stream');
      expect(await store().head()).toBeGreaterThanOrEqual(position);
      const events = await all(store().readAll({ after: position - 1n, limit: 1 }));
      expect(events.map((event) => event.position)).toEqual([position]);
    });

    it('counts what a read would deliver', async () => {
      const { prefix, kind, positions } = await someHistory();
      const filter = { types: [kind], streamPrefix: prefix };
      expect(await store().count({ filter })).toBe(3);
      expect(await store().count({ filter, to: positions[3]! })).toBe(2); // positions has six
      const to = positions[4]!;
      expect(await store().count({ to })).toBe((await all(store().readAll({ to }))).length);
      expect(await store().count()).toBeGreaterThanOrEqual(6);
    });

    it('is read while it grows, to the head as it is when the read gets there', async () => {
      const type = fresh('Kind');
      const events = someEvents(700, { type });
      await store().append(fresh('stream'), events, 'no_stream');
      const late = anEvent({ type });
      const seen: string[] = [];
      for await (const { id } of store().readAll({ filter: { types: [type] } })) {
        if (seen.length === 0) await store().append(fresh('stream'), [late], 'no_stream');
        seen.push(id);
      }
      expect(seen).toEqual(ids([...events, late]));
    });
  });
}
