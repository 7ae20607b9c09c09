/**
 * kill -9 of APIs and projectors on shared stores, at random moments under load, and another in the place of each.
 *
 *     FAULTS_KILLS=20 FAULTS_SEED=7 npm run test:faults
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoredEvent } from '#event-store/index.js';
import { seededRandom } from '#statistics/index.js';
import { startDeployment, type Deployment } from '#test/support/deployment.js';
import { wholeLog } from '#test/support/folds.js';
import { setting } from '#test/support/setting.js';
import type { Stores } from '../../../apps/composition/stores.js';
import { Load } from '../load.js';
import { expectChains, expectEachOnce, expectFolds, expectNothingElse, settled } from '../reckoning.js';

const KILLS = setting('FAULTS_KILLS', 2);
const SEED = setting('FAULTS_SEED', Date.now() % 1_000_000);
const CONNECTIONS = 32;
/** Longest time under load before a kill, in milliseconds. */
const MOMENT = 800;
/** Of all of it. */
const PATIENCE_MS = 60_000 + KILLS * 20_000;

let deployment: Deployment;
let stores: Stores;
let load: Load;
let log: StoredEvent[];

beforeAll(async () => {
  const random = seededRandom(SEED);
  deployment = await startDeployment({ lifetimeMs: PATIENCE_MS });
  const first = await deployment.startApi();
  const apis = [first, await deployment.startApi()];
  const projectors = await Promise.all([deployment.startProjector(), deployment.startProjector()]);
  load = new Load(random, first.adminKey!); // the first start shows one
  for (let kill = 0; kill < KILLS; kill++) {
    const ending = new AbortController();
    const working = load.work(apis, CONNECTIONS, ending.signal);
    await Promise.race([working, delay(1 + random() * MOMENT)]);
    const victim = Math.floor(random() * 2);
    if (kill % 2 === 0)
      await apis[victim]!.kill(); // there are two of each
    else await projectors[victim]!.kill();
    ending.abort();
    await working;
    if (kill % 2 === 0) apis[victim] = await deployment.startApi();
    else projectors[victim] = await deployment.startProjector();
  }
  await load.drain(apis[0]!);
  await settled(apis[1]!, load);
  stores = await deployment.openStores();
  log = await wholeLog(stores);
}, PATIENCE_MS);

afterAll(async () => {
  await stores?.close();
  await deployment?.close();
});

describe(`after ${KILLS} × kill -9 of one of several processes under load (FAULTS_SEED=${SEED})`, () => {
  it('every acknowledged command is in the log exactly once, as it was acknowledged', () => {
    expect(load.answered.length).toBeGreaterThan(KILLS);
    expectEachOnce(load, log);
  });

  it('nothing else is in the log', () => expectNothingElse(load, log));

  it('the chain of every stream verifies, without a gap', () => expectChains(log));

  it('every view is what the log makes from event 0', () => expectFolds(stores), PATIENCE_MS);
});
