/**
 * kill -9 of the real server at random moments under load, and a restart on the same folder. What was acknowledged
 * is there exactly once, what was not is there at most once and is sent again; every chain verifies; every view is
 * what the log makes from event 0.
 *
 *     FAULTS_KILLS=100 FAULTS_SEED=7 npm run test:faults
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CHAIN_START, checkLink } from '#event-store/codec/index.js';
import type { StoredEvent } from '#event-store/index.js';
import { derivedId } from '#kernel';
import { seededRandom } from '#statistics/index.js';
import { expectFold, wholeLog } from '#test/support/folds.js';
import { startServer, type Server } from '#test/support/server.js';
import { setting } from '#test/support/setting.js';
import { viewsFor } from '../../apps/composition/contexts.js';
import { openStores, type Stores } from '../../apps/composition/stores.js';
import { Load } from './load.js';

const KILLS = setting('FAULTS_KILLS', 3);
const SEED = setting('FAULTS_SEED', Date.now() % 1_000_000);
const CONNECTIONS = 32;
/** Longest time under load before a kill, in milliseconds. */
const MOMENT = 400;

let folder: string;
let stores: Stores;
let load: Load;
let log: StoredEvent[];

beforeAll(
  async () => {
    const random = seededRandom(SEED);
    folder = await mkdtemp(join(tmpdir(), 'touchstone-'));
    let server = await startServer(folder);
    load = new Load(random, server.adminKey!); // the first start on a folder shows one
    for (let kill = 0; kill < KILLS; kill++) {
      const ending = new AbortController();
      const working = load.work(server, CONNECTIONS, ending.signal);
      await Promise.race([working, delay(1 + random() * MOMENT)]);
      await server.kill();
      ending.abort();
      await working;
      server = await startServer(folder);
    }
    await load.drain(server);
    await settled(server, load);
    expect(await server.stop()).toBe(0);
    stores = await openStores({ dataFolder: folder });
    log = await wholeLog(stores);
  },
  60_000 + KILLS * 20_000,
);

afterAll(async () => {
  await stores?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every view has seen what was acknowledged last. */
async function settled(server: Server, { answered }: Load): Promise<void> {
  const positions = answered.map(({ answer }) => BigInt(String(answer?.body['position'] ?? 0)));
  const last = positions.reduce((a, b) => (a > b ? a : b), 0n);
  for (;;) {
    const headers = { 'touchstone-at-least': String(last) };
    const { status } = await server.send('GET', '/v1/customers?limit=1', { key: load.apiKey, headers });
    if (status === 200) return;
    expect(status).toBe(503); // not yet: the test's own time is what ends this
  }
}

describe(`after ${KILLS} × kill -9 at random moments under load (FAULTS_SEED=${SEED})`, () => {
  it('every acknowledged command is in the log exactly once, as it was acknowledged', () => {
    const byCommand = new Map<string, StoredEvent[]>();
    for (const event of log) {
      const { commandId } = JSON.parse(event.metadata) as { commandId: string };
      byCommand.set(commandId, [...(byCommand.get(commandId) ?? []), event]);
    }
    expect(load.answered.length).toBe(load.sent.length);
    expect(load.answered.length).toBeGreaterThan(KILLS);
    const wrong = load.answered.filter(({ key, events, answer }) => {
      const recorded = byCommand.get(derivedId('key', key)) ?? [];
      const last = recorded.at(-1);
      return !(
        recorded.length === events &&
        recorded.every(({ stream }) => stream === last?.stream) &&
        recorded.every(({ revision }, index) => revision === recorded[0]!.revision + BigInt(index)) && // there is a first
        String(last?.revision) === answer?.body['revision'] &&
        String(last?.position) === answer?.body['position']
      );
    });
    expect(wrong).toEqual([]);
  });

  it('nothing else is in the log', () => {
    const expected = load.sent.reduce((sum, { events }) => sum + events, 0);
    expect(log.filter(({ stream }) => stream.startsWith('customer-')).length).toBe(expected);
  });

  it('the chain of every stream verifies, without a gap', () => {
    const heads = new Map<string, { hash: string; next: bigint }>();
    for (const event of log) {
      const { hash, next } = heads.get(event.stream) ?? { hash: CHAIN_START, next: 0n };
      const link = checkLink(hash, event);
      if (!link.ok || event.revision !== next)
        throw new Error(`${event.stream}/${event.revision} ${link.ok ? 'is out of order' : link.reason}`);
      heads.set(event.stream, { hash: link.hash, next: next + 1n });
    }
  });

  it('every view is what the log makes from event 0', async () => {
    for (const view of viewsFor(stores.identities)) await expectFold(stores, view);
  });
});
