import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEmbeddedReadStore, type Lease, type ReadStore } from '#read-store/index.js';
import { but } from '#test/support/but.js';
import { until } from '#test/support/until.js';
import { Duties, Shares } from './index.js';

const DUTIES = ['a', 'b', 'c', 'd', 'e'];
const TTL_MS = 150;

interface Process {
  readonly shares: Shares;
  held: ReadonlyMap<string, Lease>;
}

let folder: string;
let store: ReadStore;
let running: Shares[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'touchstone-'));
  store = await openEmbeddedReadStore({ path: join(folder, 'views.sqlite') });
  running = [];
});
afterEach(async () => {
  for (const shares of running) await shares.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(holder: string, leases: Pick<ReadStore, 'lease' | 'leases' | 'release'> = store): Process {
  const process: Process = {
    held: new Map(),
    shares: new Shares({
      store: leases,
      duties: DUTIES,
      holder,
      ttlMs: TTL_MS,
      changed: async (held) => void (process.held = held),
      failed: () => undefined,
    }),
  };
  running.push(process.shares);
  process.shares.start();
  return process;
}

const names = (...processes: Process[]): string[] =>
  processes.flatMap(({ held }) => [...held.keys()]).toSorted();

describe('duties', () => {
  it('are all held by a process that is alone', async () => {
    const one = start('one');
    await until(() => one.held.size === DUTIES.length);
    expect(names(one)).toEqual(DUTIES);
  });

  it('are shared fairly with one that joins, each held once', async () => {
    const one = start('one');
    await until(() => one.held.size === DUTIES.length);
    const two = start('two');
    await until(() => one.held.size === 3 && two.held.size === 2);
    expect(names(one, two)).toEqual(DUTIES);
    const three = start('three');
    await until(() => three.held.size > 0 && names(one, two, three).length === DUTIES.length);
    expect(Math.max(one.held.size, two.held.size, three.held.size)).toBe(2);
    expect(names(one, two, three)).toEqual(DUTIES);
  });

  it('go to who stays when one leaves', async () => {
    const [one, two] = [start('one'), start('two')];
    await until(() => names(one, two).length === DUTIES.length && two.held.size > 0);
    await one.shares.stop();
    expect(one.held.size).toBe(0);
    await until(() => two.held.size === DUTIES.length);
  });

  it('go to who is awake when one freezes, under tokens that void those of the frozen', async () => {
    let frozen = false;
    const one = start(
      'one',
      but(store, {
        lease: (...asked) => (frozen ? new Promise<never>(() => undefined) : store.lease(...asked)),
      }),
    );
    const two = start('two');
    await until(() => names(one, two).length === DUTIES.length && one.held.size > 0 && two.held.size > 0);
    running.splice(running.indexOf(one.shares), 1); // it will never stop
    frozen = true;
    await until(() => two.held.size === DUTIES.length);
    for (const [duty, lease] of one.held) {
      expect(two.held.get(duty)!.token).toBeGreaterThan(lease.token);
      await expect(store.commit([], [lease])).rejects.toMatchObject({ lease });
    }
  });
});

describe('a duty', () => {
  it('runs while it is held, and has ended when that is over', async () => {
    const log: string[] = [];
    const duty = (name: string) => ({
      run: (signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          log.push(`${name} starts`);
          signal.addEventListener('abort', () => {
            log.push(`${name} ends`);
            resolve();
          });
        }),
    });
    const duties = new Duties({ a: duty('a'), b: duty('b') });
    await duties.hold(['a', 'b', 'partition-1']);
    await duties.hold(['b']);
    await duties.hold(['b', 'a']);
    await duties.hold([]);
    expect(log).toEqual(['a starts', 'b starts', 'a ends', 'a starts', 'b ends', 'a ends']);
  });
});
