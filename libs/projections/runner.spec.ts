import { describe, expect, it } from '@jest/globals';
import type { Codec } from '#event-store/codec/index.js';
import { WrongCheckpoint } from '#read-store/index.js';
import { but } from '#test/support/but.js';
import { allPartitions, holdPartitions } from '#test/support/leases.js';
import { until } from '#test/support/until.js';
import {
  accounts,
  givenRunners,
  left,
  named,
  noted,
  notes,
  of,
  paid,
  PARTITIONS,
  type TestEvent,
} from '#test/support/runners.js';
import { beginRebuild, collectionOf, PARKED, ViewReader } from './index.js';

const rig = givenRunners();

/** A codec that tells the newest position it has decoded. */
const telling = (told: (position: bigint) => void): Codec =>
  but(rig.stores.codec, {
    decode: async (events) => {
      const decoded = await rig.stores.codec.decode(events);
      const last = events.at(-1);
      if (last !== undefined) told(last.position);
      return decoded;
    },
  });

describe('projections', () => {
  it('are there for an empty log', async () => {
    await rig.run([accounts()]);
    await until(() => rig.stores.readStore.active('accounts'));
    expect(await new ViewReader(rig.stores.readStore).get(accounts(), [of('x')])).toEqual([undefined]);
  });

  it('equal a fold from event 0, for what was there and for what comes live', async () => {
    await rig.history(200);
    await rig.run([accounts(), notes]);
    await rig.reached([accounts(), notes]);
    await rig.history(100);
    await rig.append('00000001', paid(5), noted('late'), left, noted('later'));
    await rig.reached([accounts(), notes]);
    await rig.equalsFold(accounts());
    await rig.equalsFold(notes);
  });

  it('equal it after crashes at every commit', async () => {
    await rig.history(200);
    let crashes = 0;
    let commits = 0;
    const fragile = but(rig.stores.readStore, {
      commit: async (batch, leases) => {
        const odd = commits++ % 2 === 1;
        if (odd) await rig.stores.readStore.commit(batch, leases); // half of the crashes come after the commit, half before
        crashes++;
        if (crashes < 12) throw new Error('crash');
        if (!odd) await rig.stores.readStore.commit(batch, leases);
      },
    });
    await rig.run([accounts(), notes], { readStore: fragile });
    await rig.reached([accounts(), notes]);
    await rig.stopAll();
    expect(crashes).toBeGreaterThan(1);
    await rig.equalsFold(accounts());
    await rig.equalsFold(notes);
  });

  it('equal it after a commit that failed when the events behind it were already folded', async () => {
    await rig.history(1_200);
    let told = 0n;
    let commits = 0;
    const fragile = but(rig.stores.readStore, {
      commit: async (batch, leases) => {
        if (++commits === 2) {
          await until(() => told > batch[0]!.checkpoint);
          throw new Error('crash');
        }
        await rig.stores.readStore.commit(batch, leases);
      },
    });
    await rig.run([accounts(), notes], {
      readStore: fragile,
      codec: telling((position) => (told = position)),
    });
    await rig.reached([accounts(), notes]);
    await rig.stopAll();
    expect(rig.notices.filter(({ kind }) => kind === 'failed')).toEqual([
      { kind: 'failed', error: new Error('crash') },
    ]);
    await rig.equalsFold(accounts());
    await rig.equalsFold(notes);
  });

  it('are folded on documents that began in a commit still under way', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => `n${index}`); // as many as the first batch has
    await rig.append('00000001', ...ids.map(noted));
    await rig.append('00000001', ...ids.map((why): TestEvent => ({ type: 'Left', data: { why } })));
    let told = 0n;
    const slow = but(rig.stores.readStore, {
      commit: async (batch, leases) => {
        if (batch[0]!.expected === null) await until(() => told > batch[0]!.checkpoint);
        await rig.stores.readStore.commit(batch, leases);
      },
    });
    await rig.run([named], {
      readStore: slow,
      codec: telling((position) => (told = position)),
    });
    await rig.reached([named]);
    await rig.equalsFold(named);
  });

  it('equal it when a runner goes on that has lost its leases without knowing', async () => {
    await rig.history(150);
    const soonOver = await holdPartitions(rig.stores.readStore, [0, 1, 2], 1);
    await rig.run([accounts(), notes], {}, soonOver);
    await rig.reached([accounts(), notes]);
    const taken = await until(() => allPartitions(rig.stores.readStore, PARTITIONS).catch(() => undefined));
    await rig.run([accounts(), notes], {}, taken);
    await rig.history(150);
    await until(() => rig.notices.some(({ kind }) => kind === 'lost'));
    await rig.reached([accounts(), notes]);
    await rig.stopAll();
    await rig.equalsFold(accounts());
    await rig.equalsFold(notes);
  });

  it('equal it when several runners share the partitions, and when one moves', async () => {
    await rig.history(150);
    const first = await holdPartitions(rig.stores.readStore, [0, 2]);
    const second = await holdPartitions(rig.stores.readStore, [1]);
    const one = await rig.run([accounts(), notes], {}, first);
    await rig.run([accounts(), notes], {}, second);
    await rig.history(100);
    await rig.reached([accounts(), notes]);
    await rig.equalsFold(accounts());

    await one.hold(new Map([...first].filter(([partition]) => partition === 0)));
    await rig.stores.readStore.release(first.get(2)!);
    await rig.history(50);
    await rig.run([accounts(), notes], {}, await holdPartitions(rig.stores.readStore, [2]));
    await rig.history(50);
    await rig.reached([accounts(), notes]);
    await rig.stopAll();
    await rig.equalsFold(accounts());
    await rig.equalsFold(notes);
    expect(rig.notices.filter(({ kind }) => kind === 'failed' || kind === 'lost')).toEqual([]);
  });

  it('continue where they were after a restart', async () => {
    await rig.history(100);
    await rig.run([accounts()]);
    await rig.reached([accounts()]);
    await rig.stopAll();
    await rig.history(50);
    rig.notices.length = 0;
    await rig.run([accounts()]);
    await rig.reached([accounts()]);
    await rig.equalsFold(accounts());
    expect(rig.notices.filter(({ kind }) => kind === 'activated')).toEqual([]);
  });
});

describe('a rebuild', () => {
  it('takes over in one switch when it has seen as many events as are stored', async () => {
    await rig.history();
    await rig.run([accounts(), notes]);
    await rig.reached([accounts(), notes]);
    expect(await beginRebuild(rig.stores.readStore, accounts(), PARTITIONS)).toBe('accounts@1.g2');
    await rig.history(50);
    await until(async () => (await rig.stores.readStore.active('accounts')) === 'accounts@1.g2');
    await rig.reached([accounts(), notes]);
    await rig.equalsFold(accounts());
    expect(await rig.stores.readStore.collections()).toEqual(['accounts@1.g2', 'notes@1']);
    const stored = await rig.stores.eventStore.count();
    await until(() =>
      rig.notices.some((one) => one.kind === 'activated' && one.collection === 'accounts@1.g2'),
    );
    expect((await new ViewReader(rig.stores.readStore).status(accounts())).progress.delivered).toBe(stored);
  });

  it('of a new version goes on beside the old, which is answered from until the switch', async () => {
    await rig.history(100);
    await rig.run([accounts('1')]);
    await rig.reached([accounts('1')]);
    await rig.stopAll();
    await rig.run([accounts('2'), notes]);
    await until(async () => (await rig.stores.readStore.active('accounts')) === 'accounts@2');
    await rig.reached([accounts('2'), notes]);
    await rig.equalsFold(accounts('2'));
    expect(await rig.stores.readStore.collections()).toEqual(['accounts@2', 'notes@1']);
  });

  it('under another definition lets the old one move on until it takes over', async () => {
    await rig.history(100);
    await rig.run([accounts('1+d1')]);
    await rig.reached([accounts('1+d1')]);
    await rig.stopAll();
    await rig.history(30);
    const older = (collection: string) => (collection === 'accounts@1+d1' ? accounts('1+d1') : undefined);
    const runner = await rig.run([accounts('1+d1')], { older });
    runner.use([accounts('1+d2')]);
    await until(async () => (await rig.stores.readStore.active('accounts')) === 'accounts@1+d2');
    await rig.reached([accounts('1+d2')]);
    await rig.equalsFold(accounts('1+d2'));
    await until(async () => (await rig.stores.readStore.collections()).length === 1);
    expect(await new ViewReader(rig.stores.readStore).get(accounts('1+d1'), [of('00000000')])).toHaveLength(
      1,
    ); // the same build reads it
  });

  it('takes over when every partition is there, whichever process moves it', async () => {
    await rig.history(150);
    await rig.run([accounts()], {}, await holdPartitions(rig.stores.readStore, [0, 1]));
    await until(async () => (await rig.stores.readStore.states('accounts@1'))[1]?.checkpoint);
    expect(await rig.stores.readStore.active('accounts')).toBeNull();
    await rig.run([accounts()], {}, await holdPartitions(rig.stores.readStore, [2]));
    await rig.reached([accounts()]);
    await rig.equalsFold(accounts());

    await beginRebuild(rig.stores.readStore, accounts(), PARTITIONS);
    await rig.history(50);
    await until(async () => (await rig.stores.readStore.active('accounts')) === 'accounts@1.g2');
    await rig.history(50);
    await rig.reached([accounts()]);
    await rig.equalsFold(accounts());
    await until(async () => (await rig.stores.readStore.collections()).length === 1);
    expect(rig.notices.filter(({ kind }) => kind === 'failed')).toEqual([]);
  });

  it('starts by itself when the store has lost a collection', async () => {
    await rig.history(100);
    await rig.run([accounts(), notes]);
    await rig.reached([accounts(), notes]);
    await rig.stores.readStore.drop('accounts@1');
    await rig.history(50);
    await rig.reached([accounts(), notes]);
    await rig.equalsFold(accounts());
    await rig.equalsFold(notes);
  });

  it('does not take over when events were not delivered', async () => {
    await rig.history(40);
    const silent = but(rig.stores.eventStore, {
      readAll: async function* (options) {
        let index = 0;
        for await (const event of rig.stores.eventStore.readAll(options)) if (index++ !== 17) yield event;
      },
    });
    await rig.run([accounts()], { store: silent });
    await until(() => rig.notices.find(({ kind }) => kind === 'failed'));
    expect(String((rig.notices.find(({ kind }) => kind === 'failed') as { error: Error }).error)).toContain(
      'not switching',
    );
    expect(await rig.stores.readStore.active('accounts')).toBeNull();
  });
});

describe('an event that cannot be folded', () => {
  it('is parked with the later ones of its document, and the rest goes on', async () => {
    await rig.append('0000000a', paid(1), paid(13), paid(2));
    await rig.append('0000000b', paid(7));
    await rig.run([accounts('1', 13)]);
    await rig.reached([accounts()]);
    await rig.append('0000000a', paid(3));
    await rig.reached([accounts()]);
    const reader = new ViewReader(rig.stores.readStore);
    expect(await reader.get(accounts(), [of('0000000a'), of('0000000b')])).toMatchObject([
      { total: 1 },
      { total: 7 },
    ]);
    expect((await reader.status(accounts())).progress.parked).toBe(3);
    const [record] = await rig.stores.readStore.range('accounts@1', PARKED, { limit: 10 });
    expect(JSON.parse(record!.document)).toMatchObject({
      key: 'customer-0000000a',
      reason: 'cannot fold 13',
      positions: ['2', '3', '5'],
    });
    expect(rig.notices).toContainEqual({ kind: 'parked', collection: 'accounts@1', events: 3 });
  });

  it('is folded with its successors, in order, once a fix is there', async () => {
    await rig.append('0000000a', paid(1), paid(13), paid(2));
    await rig.run([accounts('1', 13)]);
    await rig.reached([accounts()]);
    await rig.stopAll();
    await rig.run([accounts('1')]);
    await until(
      async () => (await new ViewReader(rig.stores.readStore).status(accounts())).progress.parked === 0,
    );
    await rig.stopAll();
    await rig.equalsFold(accounts());
  });

  it('because nobody here can read it parks its stream, for the views that are made of it', async () => {
    await rig.append('0000000a', paid(1));
    const newer = {
      id: '01a200e5-56df-73bd-b184-58054d5417fa',
      type: 'Paid',
      data: '{"amount":5}',
      metadata: '{"schema":9}',
    };
    await rig.stores.eventStore.append('customer-0000000a', [newer], 'any');
    await rig.stores.eventStore.append(
      'customer-0000000a',
      [{ ...newer, id: '01a200e5-56df-73bd-b184-58054d5417fb', type: 'Unheard' }],
      'any',
    );
    await rig.append('0000000b', paid(7));
    await rig.run([accounts()]);
    await rig.reached([accounts()]);
    const reader = new ViewReader(rig.stores.readStore);
    expect(await reader.get(accounts(), [of('0000000a'), of('0000000b')])).toMatchObject([
      { total: 1 },
      { total: 7 },
    ]);
    expect((await reader.status(accounts())).progress.parked).toBe(1);
  });
});

describe('a commit on a wrong checkpoint', () => {
  it('is refused by the store, and so nothing is counted twice', async () => {
    await rig.history(30);
    await rig.run([accounts()]);
    await rig.reached([accounts()]);
    await rig.stopAll();
    const empty = {
      documents: new Map(),
      listed: [],
      unlisted: [],
      cells: new Map(),
      progress: new Map([[0, '{}']]),
    };
    await expect(
      rig.stores.readStore.commit([
        { collection: collectionOf(accounts()), expected: 1n, checkpoint: 2n, ...empty },
      ]),
    ).rejects.toThrow(WrongCheckpoint);
  });
});
