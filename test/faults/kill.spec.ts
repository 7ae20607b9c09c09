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
import type { StoredEvent } from '#event-store/index.js';
import { seededRandom } from '#statistics/index.js';
import { wholeLog } from '#test/support/folds.js';
import { startServer } from '#test/support/server.js';
import { setting } from '#test/support/setting.js';
import { openStores, type Stores } from '../../apps/composition/stores.js';
import { Load } from './load.js';
import { expectChains, expectEachOnce, expectFolds, expectNothingElse, settled } from './reckoning.js';

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

describe(`after ${KILLS} × kill -9 at random moments under load (FAULTS_SEED=${SEED})`, () => {
  it('every acknowledged command is in the log exactly once, as it was acknowledged', () => {
    expect(load.answered.length).toBeGreaterThan(KILLS);
    expectEachOnce(load, log);
  });

  it('nothing else is in the log', () => expectNothingElse(load, log));

  it('the chain of every stream verifies, without a gap', () => expectChains(log));

  it('every view is what the log makes from event 0', () => expectFolds(stores));
});
