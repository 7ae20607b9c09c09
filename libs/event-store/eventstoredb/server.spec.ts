import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverName, serverUnderTest, type ServerUnderTest } from '#test/support/event-store-db.js';
import { all, anEvent, fresh, someEvents, streamIds } from '../contract/fixtures.js';
import type { EventStore } from '../port.js';

describe(`a store in ${serverName}`, () => {
  let server: ServerUnderTest;
  let store: EventStore;
  beforeAll(async () => {
    server = await serverUnderTest();
    store = await server.connect();
  });
  afterAll(() => server.close());

  it('is read from between two events, where no server begins', async () => {
    const [type, positions] = [fresh('Kind'), [] as bigint[]];
    for (let i = 0; i < 4; i++)
      positions.push((await store.append(fresh('stream'), [anEvent({ type })], 'any')).position);
    for (const [i, position] of positions.entries())
      for (const off of [-1n, 1n, 7n]) {
        const behind = await all(store.readAll({ after: position + off, filter: { types: [type] } }));
        expect(behind.map((event) => event.position)).toEqual(positions.slice(off < 0n ? i : i + 1));
      }
  });

  it("takes no event under the server's own names, where it would not be read again", async () => {
    const [system, stream] = [`$${fresh('stream')}`, fresh('stream')];
    await expect(store.append(system, [anEvent()], 'any')).rejects.toThrow(TypeError);
    await expect(store.append(stream, [anEvent({ type: '$Type' })], 'any')).rejects.toThrow(TypeError);
    expect(await streamIds(store, stream)).toEqual([]);
  });

  it('has streams that were deleted as streams without events', async () => {
    const [deleted, tombstoned] = [fresh('stream'), fresh('stream')];
    for (const stream of [deleted, tombstoned]) await store.append(stream, someEvents(2), 'no_stream');
    const client = EventStoreDBClient.connectionString(server.url);
    await client.deleteStream(deleted);
    await client.tombstoneStream(tombstoned);
    await client.dispose();

    expect(await streamIds(store, deleted)).toEqual([]);
    await expect(store.append(deleted, [anEvent()], 'stream_exists')).rejects.toMatchObject({ actual: null });
    expect(await store.append(deleted, [anEvent()], 'no_stream')).toMatchObject({ revision: 2n });
    expect(await streamIds(store, tombstoned)).toEqual([]);
    await expect(store.append(tombstoned, [anEvent()], 'any')).rejects.toThrow(/deleted for good/);
  });

  /** A server that sees a thousand calls cancelled closes the connection. */
  it('is asked small questions by the thousand', async () => {
    const { position } = await store.append(fresh('stream'), someEvents(3), 'no_stream');
    for (let i = 0; i < 30; i++)
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          expect(await store.head()).toBeGreaterThanOrEqual(position);
          expect(await all(store.readAll({ limit: 1 }))).toHaveLength(1);
          for await (const event of store.readAll({ after: position - 1n, limit: 1 }))
            expect(event.position).toBe(position);
        }),
      );
  });

  it('closes twice, and with appends under way, of which each is answered', async () => {
    const closing = await server.connect();
    const appends = Array.from({ length: 100 }, () =>
      closing.append(fresh('stream'), [anEvent()], 'no_stream'),
    );
    await Promise.all([closing.close(), closing.close()]);
    expect(new Set((await Promise.all(appends)).map(({ position }) => position)).size).toBe(100);
  });
});
