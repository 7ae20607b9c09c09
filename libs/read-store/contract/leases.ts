/** Leases, and the commits that show them. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { LeaseLost, type Lease, type ReadStore } from '../port.js';
import { at, documents, following, put, until, type OpenedReadStore } from './given.js';

/** Longer than any test; and so short that it is over soon. */
const LONG = 3_600_000;
const SHORT = 30;

export function leases(current: () => OpenedReadStore): void {
  let store: ReadStore;
  let other: ReadStore;
  beforeEach(async () => {
    ({ store } = current());
    other = await current().second();
  });
  const taken = async (by: ReadStore, name: string, holder: string, ttl = LONG): Promise<Lease> =>
    until(() => by.lease(name, holder, ttl));

  describe('a lease', () => {
    it('is had by one holder at a time, who extends it under the same token', async () => {
      const lease = await taken(store, 'p0', 'a');
      expect(lease).toMatchObject({ name: 'p0', holder: 'a' });
      expect(await other.lease('p0', 'b', LONG)).toBeNull();
      expect(await other.lease('p0', 'a', LONG)).toEqual(lease);
      expect(await other.leases('')).toEqual([lease]);
      expect(await store.lease('p1', 'b', LONG)).toMatchObject({ name: 'p1', holder: 'b' });
    });

    it('is taken by one alone of many who ask at once', async () => {
      const asked = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? store : other).lease('p0', `h${i}`, LONG)),
      );
      expect(asked.filter((lease) => lease !== null)).toEqual(await store.leases(''));
      expect(await store.leases('')).toHaveLength(1);
    });

    it('is free again once its time is over, under a larger token each time it changes hands', async () => {
      const tokens: bigint[] = [];
      for (const holder of ['a', 'b', 'c']) tokens.push((await taken(store, 'p0', holder, SHORT)).token);
      expect(tokens).toEqual([...tokens].sort((x, y) => Number(x - y)));
      expect(new Set(tokens).size).toBe(3);
    });

    it('is its holder’s to extend after its time, as long as nobody else took it', async () => {
      const lease = await taken(store, 'p0', 'a', 1);
      await until(async () => (await other.leases('')).length === 0);
      expect(await store.lease('p0', 'a', LONG)).toEqual(lease);
      expect(await other.lease('p0', 'b', LONG)).toBeNull();
    });

    it('is given back before its time, and by its holder only', async () => {
      const lease = await taken(store, 'p0', 'a');
      for (const not of [
        { holder: 'b' },
        { token: lease.token + 1n },
        { token: lease.token - 1n },
        { name: 'p1' },
      ]) {
        await other.release({ ...lease, ...not });
        expect(await store.leases('')).toEqual([lease]);
      }
      await store.release(lease);
      await store.release(lease);
      expect(await other.leases('')).toEqual([]);
      const next = await taken(other, 'p0', 'a');
      expect(next.token).toBeGreaterThan(lease.token);
      await store.release(lease);
      expect(await store.leases('')).toEqual([next]);
    });

    it('is told among those whose name starts alike, sorted by name', async () => {
      for (const name of ['p/1', 'p/0', 'p/é', 'q', 'p', 'p%']) await taken(store, name, 'a');
      const named = async (prefix: string) => (await other.leases(prefix)).map(({ name }) => name);
      expect(await named('')).toEqual(['p', 'p%', 'p/0', 'p/1', 'p/é', 'q']);
      expect(await named('p/')).toEqual(['p/0', 'p/1', 'p/é']);
      expect(await named('%')).toEqual([]);
    });

    it('has names without control characters, and whole milliseconds', async () => {
      for (const name of ['', 'p\u0000', '\ud800']) {
        await expect(store.lease(name, 'a', LONG)).rejects.toThrow(TypeError);
        await expect(store.lease('p0', name, LONG)).rejects.toThrow(TypeError);
      }
      for (const ttl of [0, -1, 0.5, NaN, Infinity])
        await expect(store.lease('p0', 'a', ttl)).rejects.toThrow(TypeError);
      expect(await store.leases('')).toEqual([]);
    });
  });

  describe('a commit under leases', () => {
    beforeEach(() => put(store, { documents: documents('a') }));
    const next = following({ expected: 1n, documents: documents('a', 'b'), listed: [at('l', '1', 'b')], cells: new Map([['c', 1]]) }); // prettier-ignore

    it('is made while they are their holder’s, their time over or not', async () => {
      const held = [await taken(store, 'p0', 'a'), await taken(store, 'p1', 'a', 1)];
      await until(async () => (await other.leases('')).length === 1);
      await store.commit([next], held);
      expect(await other.get('v@1', ['b'])).toEqual(['{"k":"b"}']);
    });

    it('is refused to a holder who woke up late, and nothing of it is stored', async () => {
      const kept = await taken(store, 'p0', 'a');
      const frozen = await taken(store, 'p1', 'a', SHORT);
      const stolen = await taken(other, 'p1', 'b');
      expect(stolen.token).toBeGreaterThan(frozen.token);
      await expect(store.commit([next], [kept, frozen])).rejects.toMatchObject({ name: 'LeaseLost', lease: frozen }); // prettier-ignore
      expect(await store.states('v@1')).toEqual([{ checkpoint: 1n, progress: '{}' }]);
      expect([await store.get('v@1', ['b']), await store.size('v@1', 'l'), await store.cells('v@1', '')]).toEqual([[undefined], 0, []]); // prettier-ignore
      await other.commit([next], [stolen]);
      expect(await store.states('v@1')).toEqual([{ checkpoint: 2n, progress: '{}' }]);
    });

    it('is refused under one that was given back, is another’s, or never was', async () => {
      const lease = await taken(store, 'p0', 'a');
      const forged = [
        { ...lease, holder: 'b' },
        { ...lease, token: lease.token + 1n },
        { ...lease, name: 'p9' },
      ];
      await store.release(lease);
      for (const not of [...forged, lease]) await expect(store.commit([next], [not])).rejects.toBeInstanceOf(LeaseLost); // prettier-ignore
      const again = await taken(store, 'p0', 'a');
      for (const not of [lease, { ...again, holder: 'b' }, { ...again, token: again.token + 1n }]) await expect(store.commit([next], [not])).rejects.toBeInstanceOf(LeaseLost); // prettier-ignore
      await expect(store.commit([], [lease])).rejects.toBeInstanceOf(LeaseLost);
      expect(await store.get('v@1', ['b'])).toEqual([undefined]);
    });

    it('tells of a lost lease before a checkpoint, which another has moved', async () => {
      const frozen = await taken(store, 'p0', 'a', SHORT);
      await other.commit([next], [await taken(other, 'p0', 'b')]);
      await expect(store.commit([next], [frozen])).rejects.toBeInstanceOf(LeaseLost);
    });
  });
}
