/** Appending: what may be expected of a stream, what a repetition answers, what is refused. */
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { StoreUnderTest } from '../contract.js';
import {
  EventTooLarge,
  MAX_APPEND_EVENTS,
  MAX_EVENT_BYTES,
  StoreUnavailable,
  WrongExpectedRevision,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
} from '../port.js';
import { all, anEvent, fresh, ids, jsonOf, someEvents, streamIds } from './fixtures.js';

export function appending(underTest: () => StoreUnderTest): void {
  const store = (): EventStore => underTest().store;

  /** A stream with so many events. */
  async function streamOf(count: number): Promise<{ stream: string; events: NewEvent[] }> {
    const [stream, events] = [fresh('stream'), someEvents(count)];
    if (count > 0) await store().append(stream, events, 'no_stream');
    return { stream, events };
  }

  async function refusal(
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
  ): Promise<unknown> {
    return store()
      .append(stream, events, expected)
      .then(
        () => 'was not refused',
        (error: unknown) => error,
      );
  }

  describe('an expectation', () => {
    it.each<[ExpectedRevision, number]>([
      ['any', 0],
      ['any', 2],
      ['no_stream', 0],
      ['stream_exists', 2],
      [1n, 2],
    ])('%s is met by a stream of %d events', async (expected, count) => {
      const { stream, events } = await streamOf(count);
      const more = someEvents(2);
      const result = await store().append(stream, more, expected);
      const stored = await all(store().readStream(stream));
      expect(ids(stored)).toEqual(ids([...events, ...more]));
      expect(result).toEqual({ revision: BigInt(count + 1), position: stored.at(-1)?.position });
    });

    it.each<[ExpectedRevision, number, bigint | null]>([
      ['no_stream', 2, 1n],
      ['stream_exists', 0, null],
      [0n, 0, null],
      [0n, 2, 1n],
      [2n, 2, 1n],
      [9_007_199_254_740_993n, 2, 1n],
    ])(
      '%s is not met by a stream of %d events, which is told to be at %s',
      async (expected, count, actual) => {
        const { stream, events } = await streamOf(count);
        const error = await refusal(stream, someEvents(1), expected);
        expect(error).toBeInstanceOf(WrongExpectedRevision);
        expect(error).toMatchObject({ stream, expected, actual });
        expect(await streamIds(store(), stream)).toEqual(ids(events));
      },
    );

    it('lets exactly one of many appends through that expect the same', async () => {
      const { stream } = await streamOf(1);
      const other = await underTest().connect();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? store() : other).append(stream, someEvents(1), 0n)),
      );
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(refused).toHaveLength(19);
      for (const error of refused) expect(error).toMatchObject({ name: 'WrongExpectedRevision', actual: 1n });
      expect(await streamIds(store(), stream)).toHaveLength(2);
    });

    it('is judged by what another connection has appended since', async () => {
      const { stream } = await streamOf(1);
      const other = await underTest().connect();
      await other.append(stream, someEvents(1), 0n);
      expect(await refusal(stream, someEvents(1), 0n)).toMatchObject({ actual: 1n });
      await store().append(stream, someEvents(1), 1n);
      await other.append(stream, someEvents(1), 2n);
      expect(await streamIds(store(), stream)).toHaveLength(4);
    });
  });

  describe('a repetition', () => {
    const expectations: [ExpectedRevision, number][] = [
      ['any', 0],
      ['any', 2],
      ['no_stream', 0],
      ['stream_exists', 2],
      [1n, 2],
    ];

    it.each(expectations)('with %s on a stream of %d events answers as before', async (expected, count) => {
      const { stream, events } = await streamOf(count);
      const more = someEvents(3);
      const first = await store().append(stream, more, expected);
      expect(await store().append(stream, more, expected)).toEqual(first);
      await store().append(stream, someEvents(1), first.revision);
      expect(await store().append(stream, more, expected)).toEqual(first);
      expect((await streamIds(store(), stream)).slice(0, count + 3)).toEqual(ids([...events, ...more]));
      expect(await streamIds(store(), stream)).toHaveLength(count + 4);
    });

    it.each(expectations)('with %s at the same moment is one append', async (expected, count) => {
      const { stream } = await streamOf(count);
      const more = someEvents(2);
      const results = await Promise.all(
        Array.from({ length: 5 }, () => store().append(stream, more, expected)),
      );
      expect(new Set(results.map(({ position }) => position)).size).toBe(1);
      expect(await streamIds(store(), stream)).toHaveLength(count + 2);
    });

    it.each(expectations)('with %s of some of the events and others is refused', async (expected, count) => {
      const { stream } = await streamOf(count);
      const more = someEvents(2);
      await store().append(stream, more, expected);
      const error = await refusal(stream, [...more.slice(0, 1), anEvent()], expected);
      expect(error).toMatchObject({ name: 'WrongExpectedRevision', actual: BigInt(count + 1) });
      expect(await refusal(stream, [...more, anEvent()], expected)).toBeInstanceOf(WrongExpectedRevision);
      expect(await streamIds(store(), stream)).toHaveLength(count + 2);
    });

    it('of the first of several events alone answers for that event', async () => {
      const { stream } = await streamOf(0);
      const events = someEvents(2);
      await store().append(stream, events, 'no_stream');
      expect(await store().append(stream, events.slice(0, 1), 'no_stream')).toMatchObject({ revision: 0n });
    });

    it('in another stream is an append of its own', async () => {
      const { events } = await streamOf(1);
      const other = fresh('stream');
      expect(await store().append(other, events, 'any')).toMatchObject({ revision: 0n });
      expect(await streamIds(store(), other)).toEqual(ids(events));
    });
  });

  describe('an append', () => {
    it.each<[string, NewEvent[], typeof EventTooLarge | typeof TypeError]>([
      ['an event over the limit', [anEvent(), anEvent({ data: jsonOf(MAX_EVENT_BYTES) })], EventTooLarge],
      ['metadata over the limit', [anEvent(), anEvent({ metadata: jsonOf(MAX_EVENT_BYTES) })], EventTooLarge],
      ['events that are too large together', someEvents(3, { data: jsonOf(400_000) }), EventTooLarge],
      ['too many events', someEvents(MAX_APPEND_EVENTS + 1), EventTooLarge],
      ['no events', [], TypeError],
      ['an id that is no UUID', [anEvent(), anEvent({ id: 'one' })], TypeError],
      ['a nameless type', [anEvent(), anEvent({ type: '' })], TypeError],
      ['data that is no JSON', [anEvent(), anEvent({ data: '{"a":' })], TypeError],
      ['data that is no object', [anEvent(), anEvent({ data: '[1]' })], TypeError],
      ['metadata that is no JSON', [anEvent(), anEvent({ metadata: '' })], TypeError],
    ])('with %s is refused, and none of it is stored', async (_, events, error) => {
      const stream = fresh('stream');
      expect(await refusal(stream, events, 'no_stream')).toBeInstanceOf(error);
      expect(await streamIds(store(), stream)).toEqual([]);
    });

    it('without a stream, or at a revision before the first, is refused', async () => {
      expect(await refusal('', someEvents(1), 'any')).toBeInstanceOf(TypeError);
      expect(await refusal(fresh('stream'), someEvents(1), -1n)).toBeInstanceOf(TypeError);
    });

    it('holds as many and as large events as the limits say', async () => {
      const [many, large] = [fresh('stream'), fresh('stream')];
      await store().append(many, someEvents(MAX_APPEND_EVENTS), 'no_stream');
      expect(await streamIds(store(), many)).toHaveLength(MAX_APPEND_EVENTS);
      const event = anEvent({ data: jsonOf(MAX_EVENT_BYTES - 2), metadata: '{}' });
      await store().append(large, [event, { ...event, id: randomUUID() }], 'no_stream');
      expect((await all(store().readStream(large))).map(({ data }) => data === event.data)).toEqual([
        true,
        true,
      ]);
    });

    it('that is refused takes no other with it', async () => {
      const streams = Array.from({ length: 30 }, () => fresh('stream'));
      const outcomes = await Promise.allSettled(
        streams.map((stream, i) =>
          store().append(stream, someEvents(2), i % 3 === 0 ? 'stream_exists' : 'no_stream'),
        ),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(
        streams.map((_, i) => (i % 3 === 0 ? 'rejected' : 'fulfilled')),
      );
      const counts = await Promise.all(
        streams.map(async (stream) => (await streamIds(store(), stream)).length),
      );
      expect(counts).toEqual(streams.map((_, i) => (i % 3 === 0 ? 0 : 2)));
    });

    it('keeps every character of every language, and half a megabyte', async () => {
      const text =
        'Zoë Ångström — 北京 😀 \u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u0000 \u2028 "quoted" \\ \n';
      const event = anEvent({
        type: 'Geschäft_erledigt',
        data: JSON.stringify({ text, filler: 'é'.repeat(250_000) }),
        metadata: JSON.stringify({ text }),
      });
      const stream = `${fresh('stream')}-ключ`;
      await store().append(stream, [event], 'no_stream');
      expect(await all(store().readStream(stream))).toMatchObject([{ ...event, stream, revision: 0n }]);
    });
  });

  it('a closed store answers that it is unavailable', async () => {
    const closed = await underTest().connect();
    await closed.append(fresh('stream'), someEvents(1), 'no_stream');
    await closed.close();
    await closed.close();
    const attempts: (() => Promise<unknown>)[] = [
      () => closed.append(fresh('stream'), someEvents(1), 'any'),
      () => all(closed.readStream(fresh('stream'))),
      () => all(closed.readAll({ limit: 1 })),
      () => all(closed.subscribe()),
      () => closed.head(),
      () => closed.count(),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(StoreUnavailable);
  });
}
