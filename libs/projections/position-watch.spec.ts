import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ReadStoreUnavailable, type ReadStore } from '#read-store/port.js';
import { PositionWatch } from './position-watch.js';
import { ViewReader } from './view-reader.js';

const VIEWS = [{ name: 'accounts' }, { name: 'notes' }];

let checkpoints: Record<string, bigint | null>;
let head: bigint | null;
let looks: number;
let headsAsked: number;
let failing: Error | null;
let watch: PositionWatch;

beforeEach(() => {
  jest.useFakeTimers();
  [checkpoints, head, looks, headsAsked, failing] = [{ accounts: 4n, notes: 4n }, 10n, 0, 0, null];
  const store: Pick<ReadStore, 'active' | 'states'> = {
    active: async (view) => view,
    states: async (collection) => {
      if (failing !== null) throw failing;
      if (collection === 'accounts') looks++;
      return [{ checkpoint: checkpoints[collection] ?? null, progress: '{}' }];
    },
  };
  const log = {
    head: async () => {
      headsAsked++;
      return head;
    },
  };
  watch = new PositionWatch({ reader: new ViewReader(store as ReadStore), views: VIEWS, log }); // all it asks of it
});
afterEach(() => {
  expect(watch.waiting).toBe(0);
  expect(jest.getTimerCount()).toBe(0); // nothing goes on when nobody waits
  jest.useRealTimers();
});

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const many = (count: number, position: bigint): Promise<boolean>[] =>
  Array.from({ length: count }, () => watch.reached(position, 5_000));

describe('One who waits for a position', () => {
  it('is answered by the first look where the views are there', async () => {
    expect(await watch.reached(4n, 5_000)).toBe(true);
    expect([looks, headsAsked]).toEqual([1, 0]);
  });

  it('is answered when the last of the views is there', async () => {
    const waiting = watch.reached(5n, 5_000);
    checkpoints['accounts'] = 7n;
    await pass(200);
    expect(watch.waiting).toBe(1);
    checkpoints['notes'] = 5n;
    await pass(200);
    expect(await waiting).toBe(true);
  });

  it('is told after the time that it was not enough', async () => {
    const waiting = watch.reached(5n, 5_000);
    await pass(5_000);
    expect(await waiting).toBe(false);
  });

  it('waits for views that are not there at all', async () => {
    checkpoints['notes'] = null;
    const waiting = watch.reached(0n, 5_000);
    await pass(5_000);
    expect(await waiting).toBe(false);
  });

  it('is forgotten at once when its caller leaves', async () => {
    const caller = new AbortController();
    const waiting = watch.reached(5n, 5_000, caller.signal);
    await pass(20);
    const left = new Error('left');
    caller.abort(left);
    expect(watch.waiting).toBe(0);
    await expect(waiting).rejects.toBe(left);
    const before = looks;
    await pass(1_000);
    expect(looks).toBe(before);
  });

  it('does not begin to wait for a caller who has left', async () => {
    await expect(watch.reached(4n, 5_000, AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
    expect(looks).toBe(0);
  });

  it('is told when a store fails', async () => {
    failing = new ReadStoreUnavailable('gone');
    const all = Promise.allSettled(many(3, 4n));
    await pass(5);
    for (const one of await all) expect(one).toMatchObject({ status: 'rejected', reason: failing });
  });
});

describe('A position beyond the end of the log', () => {
  it.each([11n, 9_999_999_999_999_999_999n])(
    '(%s) is refused at once, with where the log ends',
    async (far) => {
      const before = jest.now();
      const refused = watch.reached(far, 5_000);
      await expect(refused).rejects.toMatchObject({ code: 'log.shorter', facts: { head: '10' } });
      expect(jest.now()).toBe(before);
    },
  );

  it('is refused in an empty log too', async () => {
    [head, checkpoints] = [null, {}];
    await expect(watch.reached(11n, 5_000)).rejects.toMatchObject({ facts: { head: '0' } });
  });

  it('is found out for all by one question', async () => {
    const all = Promise.allSettled(many(1_000, 99n));
    await pass(0);
    expect((await all).every(({ status }) => status === 'rejected')).toBe(true);
    expect(headsAsked).toBe(1);
  });

  it('keeps nobody from being answered while the log does not say where it ends', async () => {
    let answer: (head: bigint) => void = () => undefined;
    const log = { head: () => new Promise<bigint>((resolve) => (answer = resolve)) };
    const store = { active: async (view: string) => view, states: async () => [{ checkpoint: 4n, progress: '{}' }] }; // prettier-ignore
    watch = new PositionWatch({ reader: new ViewReader(store as unknown as ReadStore), views: VIEWS, log }); // all it asks of it
    const unknown = watch.reached(5n, 5_000);
    await pass(50);
    const known = watch.reached(4n, 5_000);
    await pass(5);
    expect(await known).toBe(true);
    answer(4n);
    await expect(unknown).rejects.toMatchObject({ code: 'log.shorter' });
  });
});

describe('A thousand who wait', () => {
  it('cost the store no more than one does', async () => {
    const counted = async (waiters: number): Promise<[number, number]> => {
      [looks, headsAsked] = [0, 0];
      const all = Promise.all(many(waiters, 5n));
      await pass(2_000);
      const cost: [number, number] = [looks, headsAsked];
      checkpoints = { accounts: 5n, notes: 5n };
      await pass(200);
      expect((await all).every(Boolean)).toBe(true);
      checkpoints = { accounts: 4n, notes: 4n };
      return cost;
    };
    const ofOne = await counted(1);
    expect(await counted(1_000)).toEqual([ofOne[0], 0]); // and by now the end of the log is known
    expect(ofOne[0]).toBeLessThan(40); // every 5 ms would be 400
  });

  it('who come one by one are looked for every few milliseconds, and no more often', async () => {
    const all = Promise.all(
      Array.from({ length: 1_000 }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, n / 10));
        return watch.reached(4n, 5_000);
      }),
    );
    await pass(200);
    expect((await all).every(Boolean)).toBe(true);
    expect(looks).toBeLessThan(120 / 5);
  });

  it('are not held up by one who has waited for long', async () => {
    const patient = watch.reached(5n, 5_000);
    await pass(3_000);
    const quick = watch.reached(4n, 5_000);
    await pass(5);
    expect(await quick).toBe(true);
    checkpoints = { accounts: 5n, notes: 5n };
    await pass(200);
    expect(await patient).toBe(true);
  });
});
