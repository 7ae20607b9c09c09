/**
 * Questions at the edge of the protocol, which the adapter asks rarely or never. The expectation is how a real server
 * answered them, 23.10.8 and 24.6.0 alike unless it says otherwise; the double must answer as they did.
 */
import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  type ReadStreamOptions,
  type StreamSubscription,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverName, serverUnderTest, versions, type ServerUnderTest } from '#test/support/event-store-db.js';
import { until } from '#test/support/until.js';
import { all, anEvent, fresh, ids, someEvents } from '../contract/fixtures.js';
import type { EventStore } from '../port.js';
import { Connection } from './connection.js';
import { appendRequests } from './events.js';
import { STATUS } from './failure.js';
import { serverUrl } from './url.js';

const servers = versions.map((version) => ({
  version,
  name: version === undefined ? serverName : `${serverName} ${version}`,
}));

describe.each(servers)('$name', ({ version }) => {
  let server: ServerUnderTest;
  let store: EventStore;
  let client: EventStoreDBClient;
  let connection: Connection;
  beforeAll(async () => {
    server = await serverUnderTest(version);
    store = await server.connect();
    client = EventStoreDBClient.connectionString(server.url);
    connection = new Connection(serverUrl(server.url), 10_000);
  });
  afterAll(async () => {
    await connection.close();
    await client.dispose();
    await server.close();
  });

  const is2310 = (): boolean => server.version.startsWith('23.10');

  async function streamOf(count: number): Promise<string> {
    const stream = fresh('stream');
    await store.append(stream, someEvents(count), 'no_stream');
    return stream;
  }

  const revisions = async (stream: string): Promise<bigint[]> =>
    (await all(store.readStream(stream))).map(({ revision }) => revision);

  it('answers an append of no events with a position, and stores none', async () => {
    const [stream, none] = [await streamOf(2), fresh('stream')];
    for (const [name, expected] of [
      [stream, 1n],
      [none, 'no_stream'],
    ] as const) {
      const answer = await connection.append(appendRequests(name, [], expected));
      expect(answer.getSuccess()?.hasPosition()).toBe(true);
    }
    expect(await revisions(stream)).toEqual([0n, 1n]);
    expect(await revisions(none)).toEqual([]);
  });

  it.each<ReadStreamOptions>([
    { maxCount: 0 },
    { maxCount: 0, fromRevision: END, direction: BACKWARDS },
    { fromRevision: END },
  ])('does not read a stream with %j', async (options) => {
    await expect(all(client.readStream(await streamOf(2), options))).rejects.toMatchObject({
      code: STATUS.UNKNOWN,
      message: expect.stringContaining('Unexpected ReadStreamResult: Error'),
    });
  });

  it('does not read $all from a place that is none, nor follow it from there', async () => {
    const { position } = await store.append(fresh('stream'), [anEvent()], 'no_stream');
    await store.append(fresh('stream'), [anEvent()], 'no_stream');
    const fromPosition = { commit: position + 1n, prepare: position + 1n };
    await expect(all(client.readAll({ fromPosition }))).rejects.toMatchObject({ code: STATUS.UNKNOWN });
    await expect(all(client.subscribeToAll({ fromPosition }))).rejects.toMatchObject({
      code: is2310() ? STATUS.UNKNOWN : STATUS.INVALID_ARGUMENT,
    });
  });

  it('refuses a stream without a name', async () => {
    const events = [anEvent()];
    await expect(connection.append(appendRequests('', events, 'any'))).rejects.toThrow();
  });

  it('does not delete a stream that never was', async () => {
    await expect(client.deleteStream(fresh('stream'))).rejects.toMatchObject({
      type: 'wrong-expected-version',
    });
  });

  it('gives readers no more of a stream than its $maxCount', async () => {
    const stream = await streamOf(3);
    await client.setStreamMetadata(stream, { maxCount: 2 });
    expect(await revisions(stream)).toEqual([1n, 2n]);
    await store.append(stream, [anEvent()], 2n);
    expect(await revisions(stream)).toEqual([2n, 3n]);
    const newest = await all(client.readStream(stream, { fromRevision: END, direction: BACKWARDS }));
    expect(newest.map(({ event }) => event?.revision)).toEqual([3n, 2n]);
  });

  /** 23.10 looks for the stream until it is there, and has caught up only then. */
  it('has caught up with a stream that is not there: 24.6 at once, 23.10 behind its first event', async () => {
    const [stream, event] = [fresh('stream'), anEvent()];
    const { subscription, said } = follow(client.subscribeToStream(stream));
    await until(() => said.includes('confirmed'));
    if (!is2310()) await until(() => said.includes('caught up'));
    await store.append(stream, [event], 'no_stream');
    await until(() => said.length === 3);
    const first = is2310() ? [event.id, 'caught up'] : ['caught up', event.id];
    expect(said).toEqual(['confirmed', ...first]);
    await subscription.unsubscribe();
  });

  it('answers an append only after seconds, whose events another call is writing at that moment', async () => {
    const [stream, events] = [fresh('stream'), someEvents(2)];
    const begun = performance.now();
    const appends = [0, 1].map(async () => {
      const result = await store.append(stream, events, 'no_stream');
      return { result, ms: performance.now() - begun };
    });
    const [first, second] = (await Promise.all(appends)).toSorted((one, other) => one.ms - other.ms);
    expect(second?.result).toEqual(first?.result);
    expect(second?.ms).toBeGreaterThan(1_000);
    expect(ids(await all(store.readStream(stream)))).toEqual(ids(events));
  });
});

function follow(subscription: StreamSubscription) {
  const said: (string | undefined)[] = [];
  subscription
    .on('confirmation', () => said.push('confirmed'))
    .on('caughtUp', () => said.push('caught up'))
    .on('data', ({ event }) => said.push(event?.id));
  return { subscription, said };
}
