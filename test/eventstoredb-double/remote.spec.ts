import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until.js';
import { all, BY_APPEND, caughtUp, events, hear, ids } from './fixtures.js';
import { startRemoteDouble, type RemoteDouble } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'touchstone-'));
const logFile = join(folder, 'log.ndjson');
let remote: RemoteDouble;
let client: EventStoreDBClient;

beforeAll(async () => {
  remote = await startRemoteDouble({ logFile });
  client = EventStoreDBClient.connectionString(remote.url);
});
afterAll(async () => {
  await client.dispose();
  await remote.kill('SIGTERM');
  rmSync(folder, { recursive: true });
});

it('a double in a process of its own is told what to do wrong, and what was asked of it', async () => {
  await remote.tell({
    do: 'once',
    method: 'append',
    fault: { kind: 'refuse', code: 8, details: 'Too much' },
  });
  await expect(client.appendToStream('stream', events(1), BY_APPEND)).rejects.toThrow('Too much');
  await client.appendToStream('stream', events(1), BY_APPEND);
  expect(await remote.tell({ do: 'count', method: 'append' })).toBe('2');

  const position = await remote.tell({ do: 'plant', stream: 'planted', type: 'Malformed', data: '{"a":' });
  const [planted] = await all(client.readStream('planted'));
  expect(planted?.event).toMatchObject({ data: '{"a":', position: { commit: BigInt(position) } });

  const heard = hear(client.subscribeToAll());
  await caughtUp(heard);
  expect(await remote.tell({ do: 'subscriptions' })).toBe('1');
  expect(await remote.tell({ do: 'interrupt', how: 'end' })).toBe('1');
  await until(() => heard.ended);
});

it('killed, it comes back on the same port with its log', async () => {
  const what = events(3);
  await client.appendToStream('kept', what, BY_APPEND);
  const { port } = remote;
  await remote.kill();
  remote = await startRemoteDouble({ logFile, port });
  await until(() => all(client.readAll({ maxCount: 1 })).catch(() => null));
  expect(ids(await all(client.readStream('kept')))).toEqual(what.map(({ id }) => id));
});
