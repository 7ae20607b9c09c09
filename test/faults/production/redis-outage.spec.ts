/**
 * The Redis of the views and the Redis of the keys go away under load, by turns: killed, stopped, frozen; then the
 * views are slow, and connections are cut in the middle of answers. Commands go on without the views; what cannot be
 * answered is refused with 503 in time, nothing acknowledged is lost, nothing is there twice, and everything comes
 * back by itself.
 *
 *     FAULTS_OUTAGES=10 FAULTS_OUTAGE_MS=30000 FAULTS_SEED=7 npm run test:faults
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '#event-store/index.js';
import { seededRandom } from '#statistics/index.js';
import { startDeployment, type Deployment } from '#test/support/deployment.js';
import { wholeLog } from '#test/support/folds.js';
import type { Server } from '#test/support/server.js';
import { setting } from '#test/support/setting.js';
import type { Stores } from '../../../apps/composition/stores.js';
import { Load } from '../load.js';
import { goneFor, outage, under, WRITERS_PAUSE_MS } from '../outage.js';
import { expectChains, expectEachOnce, expectFolds, expectNothingElse, settled } from '../reckoning.js';

const OUTAGES = setting('FAULTS_OUTAGES', 2);
const OUTAGE_MS = setting('FAULTS_OUTAGE_MS', 1_500);
const SEED = setting('FAULTS_SEED', Date.now() % 1_000_000);
/** Of all of it. */
const PATIENCE_MS = 120_000 + OUTAGES * (OUTAGE_MS + 60_000);

let deployment: Deployment;
let stores: Stores;
let load: Load;
let log: StoredEvent[];
const refused: number[] = [];

beforeAll(async () => {
  deployment = await startDeployment({ lifetimeMs: PATIENCE_MS });
  const { views, keys, viewsWire } = deployment;
  const api = await deployment.startApi();
  const projectors = [deployment.startProjector(), deployment.startProjector()];
  const servers: readonly [Server, Server] = [api, await deployment.startApi()];
  await Promise.all(projectors);
  load = new Load(seededRandom(SEED), api.adminKey!, WRITERS_PAUSE_MS); // the first start shows one
  await under(load, servers, async () => {
    for (let each = 0; each < OUTAGES; each++) {
      const gone = goneFor(each % 2 === 0 ? views : keys, each >> 1, OUTAGE_MS);
      refused.push(await outage(load, servers, gone));
    }
    await outage(load, servers, async () => {
      viewsWire.slow(20);
      await load.progress(20);
      viewsWire.slow(0);
    });
    await outage(load, servers, async () => {
      for (let cut = 0; cut < 3; cut++) {
        viewsWire.cut();
        await keys.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await load.progress(20);
      }
    });
  });
  await load.drain(api);
  await settled(api, load);
  stores = await deployment.openStores();
  log = await wholeLog(stores);
}, PATIENCE_MS);

afterAll(async () => {
  await stores?.close();
  await deployment?.close();
});

describe(`after Redis was away ${OUTAGES} × ${OUTAGE_MS} ms, slow and cut (FAULTS_SEED=${SEED})`, () => {
  it('every request was answered, and while it was away some with 503', () => {
    expect(load.unanswerable).toEqual([]);
    expect(refused.slice(0, 2).every((times) => times > 0)).toBe(true); // killed; one frozen for less than a call may take is slow
  });

  it('every acknowledged command is in the log exactly once, as it was acknowledged', () =>
    expectEachOnce(load, log));

  it('nothing else is in the log', () => expectNothingElse(load, log));

  it('the chain of every stream verifies, without a gap', () => expectChains(log));

  it('every view is what the log makes from event 0', () => expectFolds(stores), PATIENCE_MS);
});
