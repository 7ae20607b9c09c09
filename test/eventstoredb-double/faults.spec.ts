import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { END, eventTypeFilter, NO_STREAM } from '@eventstore/db-client';
import { credentials, Metadata } from '@grpc/grpc-js';
import { appendRequests } from '#event-store/eventstoredb/events.js';
import { StreamsClient } from '#event-store/eventstoredb/protocol.js';
import { until } from '../support/until.js';
import type { Fault } from './index.js';
import { all, BY_APPEND, caughtUp, events, fresh, hear, ids, openRig, type Rig } from './fixtures.js';

let rig: Rig;
beforeAll(async () => void (rig = await openRig()));
afterEach(() => rig.double.faults.clear());
afterAll(() => rig.close());

/** The connection is up again: a call that was on it when it broke has failed, the next may have too. */
const connected = () => until(() => all(rig.client.readAll({ maxCount: 1 })).catch(() => null));

const address = (): string => `127.0.0.1:${rig.double.port}`;
const SOME = Array.from({ length: 2 }, () => ({
  id: crypto.randomUUID(),
  type: 'Happened',
  data: '{}',
  metadata: '{}',
}));

describe('an append', () => {
  const append = (stream: string, what = events(1), deadline = 10_000) =>
    rig.client.appendToStream(stream, what, { ...BY_APPEND, expectedRevision: NO_STREAM, deadline });
  const stored = (stream: string) =>
    all(rig.client.readStream(stream)).then(ids, (error: { type: string }) => error.type);

  it('is refused once, and the next is not', async () => {
    const stream = fresh('stream');
    rig.double.faults.once('append', { kind: 'refuse' });
    await expect(append(stream)).rejects.toMatchObject({ type: 'unavailable' });
    expect(await stored(stream)).toBe('stream-not-found');
    await connected();
    await append(stream);
  });

  it('is refused until told otherwise, and with the status that was asked for', async () => {
    const stop = rig.double.faults.always('append', { kind: 'refuse', code: 8, details: 'Too much' });
    for (let i = 0; i < 3; i++) await expect(append(fresh('stream'))).rejects.toThrow('Too much');
    stop();
    await append(fresh('stream'));
  });

  it('hangs, with nothing stored or with the answer alone missing, until its deadline', async () => {
    const [nothing, answerless] = [fresh('stream'), fresh('stream')];
    rig.double.faults.once('append', { kind: 'hang' });
    await expect(append(nothing, events(1), 200)).rejects.toMatchObject({ type: 'deadline-exceeded' });
    expect(await stored(nothing)).toBe('stream-not-found');
    rig.double.faults.once('append', { kind: 'hang before the answer' });
    await expect(append(answerless, events(1), 200)).rejects.toMatchObject({ type: 'deadline-exceeded' });
    expect(await stored(answerless)).toHaveLength(1);
  });

  it('is stored when the connection breaks before the answer, and is the same append when repeated', async () => {
    const [stream, what] = [fresh('stream'), events(2)];
    rig.double.faults.once('append', { kind: 'cut before the answer' });
    await expect(append(stream, what)).rejects.toMatchObject({ type: 'unavailable' });
    await connected();
    expect(await append(stream, what)).toMatchObject({ nextExpectedRevision: 1n });
    expect(await stored(stream)).toEqual(what.map(({ id }) => id));
  });

  it('of which the connection breaks before all of it was sent stores nothing', async () => {
    const streams = Array.from({ length: 100 }, () => fresh('stream'));
    const client = new StreamsClient(address(), credentials.createInsecure());
    rig.double.faults.always('append', { kind: 'cut before the answer' });
    const broken = streams.map(
      (stream) =>
        new Promise<void>((resolve) => {
          const call = client.append(new Metadata(), () => resolve());
          for (const part of appendRequests(stream, SOME, 'no_stream')) call.write(part);
        }),
    );
    const whole = client.append(new Metadata(), () => undefined); // on the same connection, which breaks for it
    for (const part of appendRequests(fresh('stream'), SOME, 'no_stream')) whole.write(part);
    whole.end();
    await Promise.all(broken);
    rig.double.faults.clear();
    await connected();
    for (const stream of streams) expect(await stored(stream)).toBe('stream-not-found');
    client.close();
  });

  it('by BatchAppend fails in the same ways, each append for itself', async () => {
    const stream = fresh('stream');
    rig.double.faults.once('batchAppend', { kind: 'hang before the answer' });
    const hung = rig.client.appendToStream(stream, events(1));
    await until(async () => (await stored(stream)).length === 1);
    await rig.client.appendToStream(fresh('stream'), events(1));
    rig.double.faults.once('batchAppend', { kind: 'refuse' });
    await expect(rig.client.appendToStream(stream, events(1))).rejects.toMatchObject({ type: 'unavailable' });
    await expect(hung).rejects.toMatchObject({ type: 'unavailable' });
  });
});

describe('a read', () => {
  const readTo = async (stream: string) => {
    const seen: (string | undefined)[] = [];
    try {
      for await (const { event } of rig.client.readStream(stream)) seen.push(event?.id);
      return { seen, error: null };
    } catch (error) {
      return { seen, error: (error as { type: string }).type };
    }
  };

  it('is cut in the middle, or ends there as if that were all', async () => {
    const [stream, what] = [fresh('stream'), events(10)];
    await connected();
    await rig.client.appendToStream(stream, what, BY_APPEND);
    const expected = what.map(({ id }) => id);
    rig.double.faults.once('read', { kind: 'end', after: 4 });
    expect(await readTo(stream)).toEqual({ seen: expected.slice(0, 4), error: null });
    rig.double.faults.once('read', { kind: 'cut', after: 4 });
    const { seen, error } = await readTo(stream);
    expect(error).toBe('unavailable');
    expect(expected.slice(0, 4)).toEqual(expect.arrayContaining(seen));
    await connected();
    expect(await readTo(stream)).toEqual({ seen: expected, error: null });
  });

  it('is late, and is not there at all', async () => {
    const stream = fresh('stream');
    await rig.client.appendToStream(stream, events(2), BY_APPEND);
    rig.double.faults.once('read', { kind: 'slow', ms: 5 });
    expect((await readTo(stream)).seen).toHaveLength(2);
    rig.double.faults.once('read', { kind: 'hang' });
    const reading = rig.client.readStream(stream);
    await until(() => rig.double.calls.reads.at(-1)?.stream === stream);
    await reading.cancel();
  });
});

describe('a subscription', () => {
  const subscribe = (type: string, fromPosition?: typeof END) =>
    hear(
      rig.client.subscribeToAll({
        filter: eventTypeFilter({ regex: `^${type}$` }),
        ...(fromPosition ? { fromPosition } : {}),
      }),
    );

  const phases = [
    ['while it catches up', undefined],
    ['live', END],
  ] as const;

  /** A subscription that is told to fail, and six events for it: before it, or once it is live. */
  async function faulty(fault: Fault, from: typeof END | undefined) {
    await connected();
    const type = fresh('Kind');
    const what = events(6, type);
    const append = () => rig.client.appendToStream(fresh('stream'), what, BY_APPEND);
    rig.double.faults.once('subscribe', fault);
    if (!from) await append();
    const heard = subscribe(type, from);
    if (from) await caughtUp(heard);
    if (from) await append().catch(() => null); // a cut takes its answer along
    return { heard, idsOf: (...order: number[]) => order.map((i) => what[i]?.id) };
  }

  it.each(phases)('%s ends without an error', async (_, from) => {
    const { heard, idsOf } = await faulty({ kind: 'end', after: 3 }, from);
    await until(() => heard.ended);
    expect(ids(heard.events)).toEqual(idsOf(0, 1, 2));
    expect(heard.errors).toEqual([]);
  });

  it.each(phases)('%s is cut', async (_, from) => {
    const { heard, idsOf } = await faulty({ kind: 'cut', after: 3 }, from);
    await until(() => heard.errors.length > 0);
    expect(idsOf(0, 1, 2)).toEqual(expect.arrayContaining(ids(heard.events)));
    expect(heard.errors).toMatchObject([{ type: 'unavailable' }]);
  });

  it.each(phases)('%s delivers the last events again, once', async (_, from) => {
    const { heard, idsOf } = await faulty({ kind: 'redeliver', after: 4, events: 2 }, from);
    await until(() => heard.events.length === 8);
    await caughtUp(heard);
    expect(ids(heard.events)).toEqual(idsOf(0, 1, 2, 3, 2, 3, 4, 5));
  });

  it('falls behind, and says caught-up again', async () => {
    const type = fresh('Kind');
    rig.double.faults.once('subscribe', { kind: 'fall behind', after: 2 });
    const heard = subscribe(type, END);
    await caughtUp(heard);
    await rig.client.appendToStream(fresh('stream'), events(2, type), BY_APPEND);
    await caughtUp(heard, 2);
    expect(heard.said.filter((what) => !heard.events.some(({ event }) => event?.id === what))).toEqual([
      'caught up',
      'fell behind',
      'caught up',
    ]);
  });

  it.each([
    ['end', []],
    ['too slow', [{ type: 'timeout' }]],
    ['cut', [{ type: 'unavailable' }]],
  ] as const)('that runs is interrupted: %s', async (how, errors) => {
    await connected();
    const heard = subscribe(fresh('Kind'));
    await caughtUp(heard);
    expect(rig.double.faults.interrupt(how)).toBeGreaterThan(0);
    await until(() => heard.ended || heard.errors.length > 0);
    expect(heard.errors).toMatchObject(errors);
    await until(() => rig.double.calls.subscriptions === 0);
  });
});

it('a server that goes down breaks what runs, refuses what comes, and has its log when it is back', async () => {
  await connected();
  const [stream, what] = [fresh('stream'), events(3)];
  await rig.client.appendToStream(stream, what, BY_APPEND);
  const heard = hear(rig.client.subscribeToAll());
  await caughtUp(heard);
  await rig.double.stop();
  await until(() => heard.errors.length > 0);
  expect(heard.errors).toMatchObject([{ type: 'unavailable' }]);
  await expect(rig.client.appendToStream(stream, events(1), BY_APPEND)).rejects.toMatchObject({ code: 14 });
  await rig.double.start();
  await connected();
  expect(ids(await all(rig.client.readStream(stream)))).toEqual(what.map(({ id }) => id));
});
