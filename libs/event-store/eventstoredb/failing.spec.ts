import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnDouble } from '#test/support/event-store-db.js';
import {
  startEventStoreDbDouble,
  type DoubleOptions,
  type EventStoreDbDouble,
} from '#test/eventstoredb-double/index.js';
import { all, anEvent, ids, jsonOf, someEvents, streamIds } from '../contract/fixtures.js';
import { EventTooLarge, StoreUnavailable, WrongExpectedRevision, type EventStore } from '../port.js';
import { openEventStoreDb } from './eventstoredb.js';
import { STATUS } from './failure.js';

describeOnDouble('a call to an EventStoreDB that fails', () => {
  const opened: { close(): Promise<void> }[] = [];
  let double: EventStoreDbDouble;
  let store: EventStore;

  async function open(options: DoubleOptions = {}, query = ''): Promise<void> {
    double = await startEventStoreDbDouble(options);
    store = await openEventStoreDb({ url: `${double.url}${query}` });
    opened.unshift(store, double);
  }

  /** A store that does not wait long. */
  async function hasty(): Promise<EventStore> {
    const store = await openEventStoreDb({ url: double.url, deadlineMs: 500 });
    opened.unshift(store);
    return store;
  }
  beforeEach(() => open());
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  /** The client's own append goes by BatchAppend, which has no deadline. */
  it('ends an append at its deadline, and does not know whether it happened', async () => {
    const impatient = await hasty();
    for (const kind of ['hang', 'hang before the answer'] as const) {
      double.faults.once('append', { kind });
      await expect(impatient.append('s', [anEvent()], 'any')).rejects.toThrow(/did not answer in time/);
    }
    expect(await streamIds(store, 's')).toHaveLength(1);
  });

  /** The client rejects with gRPC's own error. */
  it('rejects an append to a server that is down, and works again when it is up', async () => {
    await double.stop();
    const lost = store.append('s', [anEvent()], 'any');
    await expect(lost).rejects.toThrow(StoreUnavailable);
    await expect(lost).rejects.toThrow(/^EventStoreDB at 127.0.0.1:\d+ is not available, .*: (start|check)/);
    await double.start();
    await store.append('s', [anEvent()], 'no_stream');
  });

  it('answers a repetition of an append whose answer was lost', async () => {
    const events = someEvents(2);
    double.faults.once('append', { kind: 'cut before the answer' });
    await expect(store.append('s', events, 'no_stream')).rejects.toThrow(StoreUnavailable);
    const { position } = await store.append('s', events, 'no_stream');
    expect((await all(store.readStream('s'))).map((event) => event.position).at(-1)).toBe(position);
    expect(await streamIds(store, 's')).toEqual(ids(events));
  });

  /** A server drops an append that repeats one not yet replicated, and says after 2 s that it timed out. */
  it('repeats an append that the server gave up on, and one that did not reach the leader', async () => {
    double.faults.once('append', { kind: 'refuse', code: STATUS.ABORTED, details: 'Operation timed out' });
    await store.append('s', [anEvent()], 'no_stream');
    double.faults.once('append', notLeader(double.port));
    await store.append('s', [anEvent()], 0n);
    double.faults.once('read', notLeader(double.port));
    expect(await streamIds(store, 's')).toHaveLength(2);
    expect(double.calls.count('append')).toBe(4);
  });

  it('gives up on an append that the server keeps giving up on', async () => {
    const impatient = await hasty();
    double.faults.always('append', { kind: 'refuse', code: STATUS.ABORTED, details: 'Operation timed out' });
    await expect(impatient.append('s', [anEvent()], 'any')).rejects.toThrow(StoreUnavailable);
  });

  /** With throwOnAppendFailure=false the client answers a conflict with a revision that is none. */
  it('tells a conflict whatever the connection string says', async () => {
    await open({}, '&throwOnAppendFailure=false');
    await store.append('s', someEvents(3), 'no_stream');
    const refused = store.append('s', [anEvent()], 0n);
    await expect(refused).rejects.toThrow(WrongExpectedRevision);
    await expect(refused).rejects.toMatchObject({ expected: 0n, actual: 2n });
  });

  it('tells an append that is too large for the server', async () => {
    await open({ maxAppendSize: 1000 });
    const refused = store.append('s', [anEvent({ data: jsonOf(2000) })], 'any');
    await expect(refused).rejects.toThrow(EventTooLarge);
    await expect(refused).rejects.toThrow(/takes appends of up to 1000 bytes/);
  });

  it('ends every read at its deadline', async () => {
    await store.append('s', someEvents(5), 'no_stream');
    const impatient = await hasty();
    double.faults.always('read', { kind: 'hang' });
    const reads: (() => Promise<unknown>)[] = [
      () => all(impatient.readStream('s')),
      () => all(impatient.readAll()),
      () => all(impatient.readAll({ filter: { types: ['Happened'] } })),
      () => impatient.head(),
      () => impatient.count(),
    ];
    for (const read of reads) await expect(read()).rejects.toThrow(/did not answer in time/);
  });

  it('fails a read that is cut in the middle, after what had arrived', async () => {
    await store.append('s', someEvents(9), 'no_stream');
    double.faults.once('read', { kind: 'cut', after: 4 });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { id } of store.readStream('s')) seen.push(id);
    })();
    await expect(reading).rejects.toThrow(StoreUnavailable);
    expect(seen).toEqual((await streamIds(store, 's')).slice(0, 4));
  });
});

const notLeader = (port: number) => ({
  kind: 'refuse' as const,
  code: 5,
  details: 'Leader info available',
  trailers: {
    exception: 'not-leader',
    'leader-endpoint-host': '127.0.0.1',
    'leader-endpoint-port': String(port),
  },
});
