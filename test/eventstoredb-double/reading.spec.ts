import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BACKWARDS, END, START, type ReadStreamOptions } from '@eventstore/db-client';
import { all, event, events, fresh, ids, openRig, type Rig } from './fixtures.js';

let rig: Rig;
beforeAll(async () => void (rig = await openRig({ statisticsEvery: 5 })));
afterAll(() => rig.close());

describe('a stream', () => {
  const revisions = async (stream: string, options: ReadStreamOptions) =>
    (await all(rig.client.readStream(stream, options))).map(({ event }) => Number(event?.revision));

  it.each<[ReadStreamOptions, number[]]>([
    [{}, [0, 1, 2, 3]],
    [{ fromRevision: 2n }, [2, 3]],
    [{ fromRevision: 1n, maxCount: 2 }, [1, 2]],
    [{ fromRevision: 9n }, []],
    [{ fromRevision: END, direction: BACKWARDS }, [3, 2, 1, 0]],
    [{ fromRevision: 2n, direction: BACKWARDS, maxCount: 2 }, [2, 1]],
    [{ fromRevision: 9n, direction: BACKWARDS, maxCount: 1 }, [3]],
    [{ fromRevision: START, direction: BACKWARDS }, [0]],
  ])('of four events, read with %j', async (options, expected) => {
    const stream = fresh('stream');
    await rig.client.appendToStream(stream, events(4));
    expect(await revisions(stream, options)).toEqual(expected);
  });

  it('that does not exist is not found', async () => {
    const stream = fresh('stream');
    await expect(all(rig.client.readStream(stream))).rejects.toMatchObject({
      type: 'stream-not-found',
      streamName: stream,
    });
  });

  it('comes back with what was appended, and with bytes that are no JSON as they are', async () => {
    const stream = fresh('stream');
    const before = Date.now();
    const one = event('Happened', { amount: '12.50', nested: [{ deep: 'ä€' }] });
    await rig.client.appendToStream(stream, { ...one, metadata: { $correlationId: 'c', n: 1 } });
    rig.double.plant(stream, {
      type: 'Malformed',
      data: Buffer.from('{"a":'),
      metadata: Buffer.from('nor this'),
    });
    const [good, bad] = await all(rig.client.readStream(stream));
    expect(good?.event).toMatchObject({
      id: one.id,
      type: one.type,
      data: one.data,
      streamId: stream,
      isJson: true,
      metadata: { $correlationId: 'c', n: 1 },
    });
    expect(good?.event?.created.getTime()).toBeGreaterThanOrEqual(before);
    expect(bad?.event).toMatchObject({ isJson: true, data: '{"a":' });
    expect(Buffer.from(bad?.event?.metadata as Uint8Array).toString()).toBe('nor this');
  });
});

describe('$all', () => {
  it('is in the order of positions, with gaps, and with system events in between', async () => {
    for (let i = 0; i < 4; i++) await rig.client.appendToStream(fresh('stream'), events(3));
    const resolved = await all(rig.client.readAll());
    const positions = resolved.map(({ event }) => event?.position?.commit ?? 0n);
    positions.forEach((position, i) => expect(position).toBeGreaterThan((positions[i - 1] ?? 0n) + 1n));
    expect(resolved.some(({ event }) => event?.type === '$statsCollected')).toBe(true);
    expect(ids(await all(rig.client.readAll({ direction: BACKWARDS, fromPosition: END })))).toEqual(
      ids(resolved).reverse(),
    );
  });

  it('forwards from a position includes it, backwards does not', async () => {
    await rig.client.appendToStream(fresh('stream'), events(3));
    const resolved = await all(rig.client.readAll());
    const fromPosition = resolved.at(-2)?.event?.position ?? START;
    expect(ids(await all(rig.client.readAll({ fromPosition })))).toEqual(ids(resolved.slice(-2)));
    const before = rig.client.readAll({ fromPosition, direction: BACKWARDS, maxCount: 1 });
    expect(ids(await all(before))).toEqual(ids(resolved.slice(-3, -2)));
  });

  it('is not read from between two positions', async () => {
    const { position } = await rig.client.appendToStream(fresh('stream'), events(1));
    const within = { commit: (position?.commit ?? 0n) - 1n, prepare: (position?.prepare ?? 0n) - 1n };
    await expect(all(rig.client.readAll({ fromPosition: within }))).rejects.toThrow('ReadAllResult: Error');
    const beyond = { commit: 1n << 40n, prepare: 1n << 40n };
    expect(await all(rig.client.readAll({ fromPosition: beyond }))).toEqual([]);
  });

  it('has positions beyond 2^53 when told so', async () => {
    const origin = (1n << 60n) + 1n;
    const far = await openRig({ origin });
    const { position } = await far.client.appendToStream('stream', events(2));
    expect(position?.commit).toBeGreaterThan(origin);
    const [only, ...others] = await all(far.client.readAll({ fromPosition: position ?? START }));
    expect(only?.event?.position).toEqual(position);
    expect(others).toEqual([]);
    await far.close();
  });
});
