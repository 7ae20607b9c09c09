/**
 * EventStoreDB goes away under load: killed, stopped, frozen; then the double, where it stands in, is slow, and cuts
 * connections in the middle of answers. A request without an answer is refused with 503 in time, nothing acknowledged is lost, nothing is there
 * twice, and everything comes back by itself.
 *
 *     FAULTS_OUTAGES=10 FAULTS_OUTAGE_MS=30000 FAULTS_SEED=7 npm run test:faults
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '#event-store/index.js';
import { seededRandom } from '#statistics/index.js';
import type { Order } from '#test/eventstoredb-double/index.js';
import { startDeployment, type Deployment } from '#test/support/deployment.js';
import { isDouble } from '#test/support/event-store-server.js';
import { wholeLog } from '#test/support/folds.js';
import type { Server } from '#test/support/server.js';
import { setting } from '#test/support/setting.js';
import type { Stores } from '../../../apps/composition/stores.js';
import { Load } from '../load.js';
import { goneFor, outage, under, WRITERS_PAUSE_MS } from '../outage.js';
import { expectChains, expectEachOnce, expectFolds, expectNothingElse, settled } from '../reckoning.js';

const OUTAGES = setting('FAULTS_OUTAGES', 2);
const OUTAGE_MS = setting('FAULTS_OUTAGE_MS', 2_000);
const SEED = setting('FAULTS_SEED', Date.now() % 1_000_000);
/** So that calls are given up on while it is frozen; no longer than they are by default, so that tests can wait. */
const DEADLINE_MS = Math.min(10_000, OUTAGE_MS / 2);
/** Of all of it. */
const PATIENCE_MS = 120_000 + OUTAGES * (OUTAGE_MS + 60_000);

let deployment: Deployment;
let stores: Stores;
let load: Load;
let log: StoredEvent[];
const refused: number[] = [];
/** The outages that load went on through, and the time until all was ready again. */
const survived: string[] = [];
const itOnDouble = isDouble ? it : it.skip;

beforeAll(async () => {
  deployment = await startDeployment({
    eventStoreDbOptions: `&defaultDeadline=${DEADLINE_MS}`,
    lifetimeMs: PATIENCE_MS,
  });
  const { eventStoreDb } = deployment;
  const api = await deployment.startApi();
  const projectors = [deployment.startProjector(), deployment.startProjector()];
  const servers: readonly [Server, Server] = [api, await deployment.startApi()];
  await Promise.all(projectors);
  load = new Load(seededRandom(SEED), api.adminKey!, WRITERS_PAUSE_MS); // the first start shows one
  await under(load, servers, async () => {
    for (let each = 0; each < OUTAGES; each++)
      refused.push(await outage(load, servers, goneFor(eventStoreDb, each, OUTAGE_MS)));
    if (eventStoreDb.tell) await beSlowAndCut(eventStoreDb.tell, servers);
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

async function beSlowAndCut(
  tell: (order: Order) => Promise<string>,
  servers: readonly [Server, Server],
): Promise<void> {
  await outage(load, servers, async () => {
    for (const method of ['append', 'read'] as const)
      await tell({ do: 'always', method, fault: { kind: 'slow', ms: 20 } });
    await load.progress(20);
    await tell({ do: 'clear' });
  });
  survived.push('slow');
  await outage(load, servers, async () => {
    for (let cut = 0; cut < 3; cut++) {
      await tell({ do: 'once', method: 'append', fault: { kind: 'cut before the answer' } });
      await tell({ do: 'once', method: 'read', fault: { kind: 'cut', after: 1 } });
      await tell({ do: 'interrupt', how: 'cut' });
      await load.progress(20);
    }
  });
  survived.push('cut');
}

describe(`after EventStoreDB was away ${OUTAGES} × ${OUTAGE_MS} ms (FAULTS_SEED=${SEED})`, () => {
  it('every request was answered, and while it was away some with 503', () => {
    expect(load.unanswerable).toEqual([]);
    expect(refused.every((times) => times > 0)).toBe(true);
  });

  itOnDouble(
    'commands went on where it was slow, and where it cut connections in the middle of answers',
    () => expect(survived).toEqual(['slow', 'cut']),
  );

  it('every acknowledged command is in the log exactly once, as it was acknowledged', () =>
    expectEachOnce(load, log));

  it('nothing else is in the log', () => expectNothingElse(load, log));

  it('the chain of every stream verifies, without a gap', () => expectChains(log));

  it('every view is what the log makes from event 0', () => expectFolds(stores), PATIENCE_MS);
});
