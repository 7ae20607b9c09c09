/**
 * Two APIs and two projectors on the same stores, under load all the time: a projector is frozen for longer than its
 * lease holds and woken, an API is frozen and woken, a projector is killed, another joins, one leaves. Partitions move
 * each time, who woke up too late writes nothing, and the views go on to the head of the log.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '#event-store/index.js';
import { seededRandom } from '#statistics/index.js';
import { SHARED_PARTITIONS } from '#projections/index.js';
import { startDeployment, type Deployment } from '#test/support/deployment.js';
import { wholeLog } from '#test/support/folds.js';
import type { Running, Server } from '#test/support/server.js';
import { setting } from '#test/support/setting.js';
import { until } from '#test/support/until.js';
import type { Stores } from '../../../apps/composition/stores.js';
import { Load } from '../load.js';
import { under, WRITERS_PAUSE_MS } from '../outage.js';
import { expectChains, expectEachOnce, expectFolds, expectNothingElse, settled } from '../reckoning.js';

const SEED = setting('FAULTS_SEED', Date.now() % 1_000_000);
/** Of all of it. */
const PATIENCE_MS = 240_000;
/** What a projector says of a commit that was refused because it held the lease no longer. */
const REFUSED = 'another process has taken over';

let deployment: Deployment;
let stores: Stores;
let load: Load;
let log: StoredEvent[];
let left: unknown;

beforeAll(async () => {
  deployment = await startDeployment({ leaseMs: 1_000, lifetimeMs: PATIENCE_MS });
  const api = await deployment.startApi();
  const starting = [startProjector(), startProjector()] as const;
  const other = await deployment.startApi();
  const [first, second] = await Promise.all(starting);
  load = new Load(seededRandom(SEED), api.adminKey!, WRITERS_PAUSE_MS); // the first start shows one
  await under(load, [api, other], async () => {
    await shared(first, second);

    // Until it is caught with a commit in hand. It writes its log at least once a second.
    for (let said = false; !said;) {
      first.freeze();
      await alone(second);
      await goesOn(api);
      first.thaw();
      await shared(first, second);
      said = first.said().includes(REFUSED);
    }

    other.freeze();
    await goesOn(api);
    other.thaw();
    await goesOn(other);

    await first.kill();
    await alone(second);
    await goesOn(api);
    const third = await startProjector();
    await shared(second, third);
    await goesOn(api);
    left = await second.stop();
    await alone(third);
    await goesOn(api);
  });
  await load.drain(api);
  await settled(other, load);
  stores = await deployment.openStores();
  log = await wholeLog(stores);
}, PATIENCE_MS);

afterAll(async () => {
  await stores?.close();
  await deployment?.close();
});

const startProjector = (): Promise<Running> => deployment.startProjector({ LOG_LEVEL: 'warn' });

/** Commands are acknowledged, and the views see them. */
async function goesOn(api: Server): Promise<void> {
  await load.progress(20);
  await settled(api, load);
}

/** The partitions that it says it holds. */
async function partitionsOf({ url }: Running): Promise<readonly string[]> {
  const { checks } = (await (await fetch(`${url}/health/ready`)).json()) as {
    checks: { name: string; detail?: { duties?: string[] } }[];
  };
  const duties = checks.find(({ name }) => name === 'projections')?.detail?.duties ?? [];
  return duties.filter((duty) => duty.startsWith('partition-'));
}

const alone = (one: Running): Promise<true> =>
  until(async () => (await partitionsOf(one)).length === SHARED_PARTITIONS || null);

const shared = (one: Running, other: Running): Promise<true> =>
  until(async () => {
    const [a, b] = await Promise.all([partitionsOf(one), partitionsOf(other)]);
    const all = new Set([...a, ...b]);
    return (
      (a.length > 0 && b.length > 0 && a.length + b.length === all.size && all.size === SHARED_PARTITIONS) ||
      null
    );
  });

describe(`after projectors froze, woke, died, joined and left under load (FAULTS_SEED=${SEED})`, () => {
  it('every request was answered, and the one told to leave has ended in order', () => {
    expect(load.unanswerable).toEqual([]);
    expect(left).toBe(0);
  });

  it('every acknowledged command is in the log exactly once, as it was acknowledged', () =>
    expectEachOnce(load, log));

  it('nothing else is in the log', () => expectNothingElse(load, log));

  it('the chain of every stream verifies, without a gap', () => expectChains(log));

  it('every view is what the log makes from event 0', () => expectFolds(stores), PATIENCE_MS);
});
