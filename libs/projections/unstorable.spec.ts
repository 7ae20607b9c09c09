/**
 * A view that was made of other event types, events that nobody here can read, and documents that no store can keep: none of
 * them is passed over, and none holds up what others see.
 */
import { describe, expect, it } from '@jest/globals';
import { but } from '#test/support/but.js';
import { accounts, givenRunners, noted, of, paid, type TestEvent } from '#test/support/runners.js';
import { until } from '#test/support/until.js';
import { PARKED, view, ViewReader, type AnyView, type View } from './index.js';

const rig = givenRunners();
const reader = (): ViewReader => new ViewReader(rig.stores.readStore);

interface Sums {
  readonly paid: number;
  readonly noted: number;
}

const add = (before: Sums | null, more: Partial<Sums>): Sums => ({
  paid: (before?.paid ?? 0) + (more.paid ?? 0),
  noted: (before?.noted ?? 0) + (more.noted ?? 0),
});

type Paid = Extract<TestEvent, { type: 'Paid' }>;
type PaidOrNoted = Extract<TestEvent, { type: 'Paid' | 'Noted' }>;

const PAID: View<Sums, Paid>['on'] = { Paid: (before, { data }) => add(before, { paid: data.amount }) };

/** Of payments; of notes as well where it is told so. One name, one version. */
const sums = (ofNotes: boolean): AnyView =>
  ofNotes
    ? view<Sums, PaidOrNoted>({
        name: 'sums',
        version: '1',
        on: { ...PAID, Noted: (before) => add(before, { noted: 1 }) },
      })
    : view<Sums, Paid>({ name: 'sums', version: '1', on: PAID });

describe('a view that is made of more event types than it was', () => {
  it('is built anew beside the live one, under the same version', async () => {
    await rig.append('0000000a', paid(1), noted('n1'), paid(2));
    await rig.run([sums(false)]);
    await rig.reached([sums(false)]);
    await rig.stopAll();
    await rig.run([sums(true)]);
    await until(async () => (await rig.stores.readStore.active('sums')) === 'sums@1.g2');
    expect(await reader().get(sums(true), [of('0000000a')])).toEqual([{ paid: 3, noted: 1 }]);
    await rig.stopAll();
    await rig.equalsFold(sums(true));
    expect(rig.notices).toContainEqual({
      kind: 'anew',
      collection: 'sums@1.g2',
      because: 'It is made of other event types than before: Noted.',
    });
  });

  it('goes on where it was when the log has none of them', async () => {
    await rig.append('0000000a', paid(1));
    await rig.run([sums(false)]);
    await rig.reached([sums(false)]);
    await rig.stopAll();
    await rig.run([sums(true)]);
    await rig.append('0000000a', noted('n1'));
    await rig.reached([sums(true)]);
    expect(await rig.stores.readStore.active('sums')).toBe('sums@1');
    expect(await reader().get(sums(true), [of('0000000a')])).toEqual([{ paid: 1, noted: 1 }]);
  });

  it('is not built again at the next start', async () => {
    await rig.append('0000000a', paid(1), noted('n1'));
    for (const ofNotes of [false, true, true]) {
      await rig.run([sums(ofNotes)]);
      await until(
        async () => (await rig.stores.readStore.active('sums')) === (ofNotes ? 'sums@1.g2' : 'sums@1'),
      );
      await rig.reached([sums(ofNotes)]);
      await rig.stopAll();
    }
    expect(await rig.stores.readStore.collections()).toEqual(['sums@1.g2']);
  });
});

/** Sums of which one customer's is made to be larger than any store can keep. */
const heavy = (limit: bigint): AnyView =>
  view<Sums, Paid>({
    name: 'heavy',
    version: '1',
    on: PAID,
    cells: ({ paid: amount }) => ({ paid: amount > 1_000 ? limit : amount }),
  });

describe('a commit that the store refuses', () => {
  it('is halved until the one document is parked, and everybody else goes on', async () => {
    await rig.history(400);
    await rig.append('0000000a', paid(1));
    await rig.append('0000000a', paid(5_000));
    await rig.append('0000000b', paid(7));
    await rig.run([heavy(2n ** 64n), accounts()]);
    await rig.reached([heavy(1n), accounts()]);
    await rig.append('0000000a', paid(1));
    await rig.append('0000000b', paid(1));
    await rig.reached([heavy(1n), accounts()]);
    expect((await reader().status(heavy(1n))).progress.parked).toBe(2);
    const [record] = await rig.stores.readStore.range('heavy@1', PARKED, { limit: 10 });
    expect(JSON.parse(record!.document)).toMatchObject({ key: 'customer-0000000a', type: 'Paid' });
    expect(await reader().get(heavy(1n), [of('0000000a'), of('0000000b')])).toMatchObject([
      { paid: 1 },
      { paid: 8 },
    ]);
    await rig.stopAll();
    await rig.equalsFold(accounts());
  });

  it('is stored once the view is mended', async () => {
    await rig.append('0000000a', paid(1), paid(5_000), paid(2));
    await rig.run([heavy(2n ** 64n)]);
    await rig.reached([heavy(1n)]);
    await rig.stopAll();
    await rig.run([heavy(1n)]);
    await until(async () => (await reader().status(heavy(1n))).progress.parked === 0);
    await rig.stopAll();
    await rig.equalsFold(heavy(1n));
  });

  it('is no reason to park anything when the store is away', async () => {
    await rig.history(100);
    let refusals = 0;
    const away = but(rig.stores.readStore, {
      commit: async (batch, leases) => {
        if (refusals++ < 2) throw new Error('away');
        await rig.stores.readStore.commit(batch, leases);
      },
    });
    await rig.run([accounts()], { readStore: away });
    await rig.reached([accounts()]);
    await rig.stopAll();
    expect((await reader().status(accounts())).progress.parked).toBe(0);
    await rig.equalsFold(accounts());
  });
});

describe('events that nobody here can read', () => {
  const unheard = {
    id: '01a200e5-56df-73bd-b184-58054d5417fb',
    type: 'Unheard',
    data: '{}',
    metadata: '{"schema":1}',
  };

  it('are counted by type, for views that are not made of them as well', async () => {
    await rig.append('0000000a', paid(1));
    const { position } = await rig.stores.eventStore.append('customer-0000000a', [unheard], 'any');
    await rig.append('0000000b', paid(1));
    await rig.run([accounts()]);
    await rig.reached([accounts()]);
    const lag = (await reader().lags([accounts()], rig.stores.eventStore)).get('accounts');
    const reason = 'is of a type this build does not know';
    expect(lag).toMatchObject({
      parked: 0,
      unread: { Unheard: { events: 1, first: String(position), reason } },
    });
    expect(await reader().get(accounts(), [of('0000000b')])).toMatchObject([{ total: 1 }]);
  });
});
