import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ANY, NO_STREAM, STREAM_EXISTS, type AppendExpectedRevision } from '@eventstore/db-client';
import { until } from '../support/until.js';
import { all, BY_APPEND, event, events, fresh, ids, openRig, type Rig } from './fixtures.js';

let rig: Rig;
beforeAll(async () => void (rig = await openRig()));
afterAll(() => rig.close());

describe.each([
  ['Append', BY_APPEND],
  ['BatchAppend', {}],
])('%s', (method, options) => {
  const append = (
    stream: string,
    what: ReturnType<typeof events>,
    expectedRevision: AppendExpectedRevision,
  ) => rig.client.appendToStream(stream, what, { ...options, expectedRevision });

  it('is what the client uses', async () => {
    rig.double.calls.reset();
    await append(fresh('stream'), events(1), ANY);
    const counts = [rig.double.calls.count('append'), rig.double.calls.count('batchAppend')];
    expect(counts[0]).toBe(method === 'Append' ? 1 : 0);
  });

  it('stores all events in order and answers the revision and position of the last', async () => {
    const stream = fresh('stream');
    const what = events(3);
    const { nextExpectedRevision, position, success } = await append(stream, what, NO_STREAM);
    const stored = await all(rig.client.readStream(stream));
    expect(ids(stored)).toEqual(what.map(({ id }) => id));
    expect({ success, nextExpectedRevision }).toEqual({ success: true, nextExpectedRevision: 2n });
    expect(position).toEqual(stored[2]?.event?.position);
  });

  it.each<[AppendExpectedRevision, number, bigint | 'no_stream']>([
    [NO_STREAM, 1, 0n],
    [STREAM_EXISTS, 0, 'no_stream'],
    [0n, 0, 'no_stream'],
    [0n, 2, 1n],
    [7n, 2, 1n],
  ])('expecting %s of a stream of %d events is told that it is at %s', async (expected, count, actual) => {
    const stream = fresh('stream');
    if (count > 0) await append(stream, events(count), NO_STREAM);
    await expect(append(stream, events(1), expected)).rejects.toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      expectedVersion: expected,
      actualVersion: actual,
    });
  });

  it.each<[AppendExpectedRevision, number]>([
    [ANY, 0],
    [NO_STREAM, 0],
    [STREAM_EXISTS, 1],
    [0n, 1],
  ])('expecting %s is answered again as at first, whatever came after it', async (expected, count) => {
    const stream = fresh('stream');
    if (count > 0) await append(stream, events(count), NO_STREAM);
    const what = events(2);
    const first = await append(stream, what, expected);
    await append(stream, events(1), ANY);
    expect(await append(stream, what, expected)).toEqual(first);
    await expect(append(stream, [what[0] ?? event(), event()], expected)).rejects.toMatchObject({
      type: 'wrong-expected-version',
    });
    expect(await all(rig.client.readStream(stream))).toHaveLength(count + 3);
  });

  it('over the largest size is refused by its own error', async () => {
    const large = events(3).map((one) => ({ ...one, data: { x: 'x'.repeat(400_000) } }));
    await expect(append(fresh('stream'), large, ANY)).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 1024 * 1024,
    });
  });

  it('on a deleted stream goes on behind its last revision, on a tombstoned one never', async () => {
    const [deleted, tombstoned] = [fresh('stream'), fresh('stream')];
    for (const stream of [deleted, tombstoned]) await append(stream, events(2), NO_STREAM);
    await rig.client.deleteStream(deleted);
    await expect(all(rig.client.readStream(deleted))).rejects.toMatchObject({ type: 'stream-not-found' });
    await append(deleted, events(1), NO_STREAM);
    expect((await all(rig.client.readStream(deleted))).map((e) => e.event?.revision)).toEqual([2n]);

    await rig.client.tombstoneStream(tombstoned);
    await expect(append(tombstoned, events(1), ANY)).rejects.toMatchObject({ type: 'stream-deleted' });
    await expect(all(rig.client.readStream(tombstoned))).rejects.toMatchObject({ type: 'stream-deleted' });
  });
});

it.each([
  ['Append', BY_APPEND, { type: 'timeout', code: 10 }, 3_000],
  ['BatchAppend', { deadline: 500 }, {}, 500],
] as const)(
  '%s gives up what is being written by another call, though it recognises it',
  async (_, options, error, ms) => {
    const [stream, what] = [fresh('stream'), events(2)];
    const begun = performance.now();
    const append = () => rig.client.appendToStream(stream, what, { ...options, expectedRevision: NO_STREAM });
    const both = [append(), append()];
    const first = await Promise.race(both);
    await expect(Promise.all(both)).rejects.toMatchObject(error);
    expect(performance.now() - begun).toBeGreaterThan(ms - 50);
    expect(await append()).toEqual(first);
    expect(ids(await all(rig.client.readStream(stream)))).toEqual(what.map(({ id }) => id));
  },
);

it('recognises a repetition after a restart by an exact revision only', async () => {
  const [exact, any] = [fresh('stream'), fresh('stream')];
  const what = events(1);
  await rig.client.appendToStream(exact, what, { expectedRevision: NO_STREAM });
  await rig.client.appendToStream(any, what, { expectedRevision: ANY });
  await rig.double.stop();
  await rig.double.start();
  const client = rig.connect();
  await until(() =>
    client
      .readAll({ maxCount: 1 })
      .toArray()
      .catch(() => null),
  ); // the broken connection is noticed first
  await client.appendToStream(exact, what, { expectedRevision: NO_STREAM });
  await client.appendToStream(any, what, { expectedRevision: ANY });
  expect(await all(client.readStream(exact))).toHaveLength(1);
  expect(await all(client.readStream(any))).toHaveLength(2);
});
