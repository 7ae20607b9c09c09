import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogueOf, EMPTY_STREAM, type Codec } from '#event-store/codec/index.js';
import {
  customerOf,
  eventType,
  id,
  shape,
  systemClock,
  systemIds,
  openText,
  whole,
  type CommandContext,
  type EventsOf,
} from '#kernel';
import { WrongCheckpoint, type Lease, type ReadStore } from '#read-store/index.js';
import { openTestStores, type TestStores } from '#test/support/stores.js';
import { but } from '#test/support/but.js';
import { expectFold } from '#test/support/folds.js';
import { allPartitions, holdPartitions, releaseAll } from '#test/support/leases.js';
import { until } from '#test/support/until.js';
import {
  beginRebuild,
  collectionOf,
  PARKED,
  ProjectionRunner,
  view,
  ViewReader,
  type AnyView,
  type RunnerNotice,
  type View,
} from './index.js';

const types = {
  Paid: eventType('Paid', shape({ amount: whole() })),
  Noted: eventType('Noted', shape({ noteId: id(), words: openText(50) })),
  Left: eventType('Left', shape({ why: openText(20) })),
} as const;
type TestEvent = EventsOf<typeof types>;

interface Account {
  readonly customer: string;
  readonly total: number;
  readonly left?: true;
}
const accounts = (version = '1', poison?: number): View<Account, TestEvent> =>
  view<Account, TestEvent>({
    name: 'accounts',
    version,
    on: {
      Paid: (before, { stream, data }) => {
        if (data.amount === poison) throw new Error(`cannot fold ${poison}`);
        return { customer: customerOf(stream)!, total: (before?.total ?? 0) + data.amount };
      },
      Noted: (before) => before,
      Left: (before) => before && { ...before, left: true },
    },
    lists: ({ customer, total }) => [
      { list: 'by-total', sort: String(total).padStart(10, '0') },
      { list: customer.slice(-1), sort: '' },
    ],
    cells: ({ total, left }) => ({ total, customers: 1, ...(left && { left: 1 }) }),
  });

interface Note {
  readonly customer: string;
  readonly words: string | null;
}
const notes = view<Note, TestEvent>({
  name: 'notes',
  version: '1',
  key: (event) => (event.type === 'Noted' ? event.data.noteId : null),
  on: {
    Paid: () => null,
    Noted: (_, { stream, data }) => ({ customer: customerOf(stream)!, words: data.words }),
    Left: (before) => before && { ...before, words: null },
  },
  begins: ['Noted'],
  spread: { Left: ({ stream }) => customerOf(stream)! },
  lists: ({ customer }) => [{ list: customer, sort: '' }],
});

/** A note that somebody's leaving names. */
const named = view<{ readonly left: boolean }, Extract<TestEvent, { type: 'Noted' | 'Left' }>>({
  name: 'named',
  version: '1',
  key: (event) => (event.type === 'Noted' ? event.data.noteId : event.data.why),
  on: { Noted: () => ({ left: false }), Left: (before) => before && { left: true } },
  begins: ['Noted'],
});

let stores: TestStores;
let runners: { runner: ProjectionRunner; held: ReadonlyMap<number, Lease> }[];
let notices: RunnerNotice[];

beforeEach(async () => {
  stores = await openTestStores(catalogueOf(Object.values(types)));
  runners = [];
  notices = [];
});
afterEach(async () => {
  await stopAll();
  await stores.close();
});

/** More than one, so that every test is also one of partitions. */
const PARTITIONS = 3;

interface Over {
  readonly readStore?: ReadStore;
  readonly codec?: Codec;
  readonly older?: (collection: string) => AnyView | undefined;
}

/** A runner that moves what it holds: all of it without `leases`. */
async function run(
  views: readonly AnyView[],
  over: Over = {},
  leases?: ReadonlyMap<number, Lease>,
): Promise<ProjectionRunner> {
  const { eventStore: store, codec, readStore } = stores;
  const held = leases ?? (await allPartitions(readStore, PARTITIONS));
  const runner = new ProjectionRunner({
    store,
    codec,
    readStore,
    views,
    partitions: PARTITIONS,
    notice: (notice) => notices.push(notice),
    ...over,
  });
  runners.push({ runner, held });
  runner.start();
  void runner.hold(held);
  return runner;
}

async function stopAll(): Promise<void> {
  for (const { runner, held } of runners.splice(0)) {
    await runner.stop();
    await releaseAll(stores.readStore, held);
  }
}

/** A codec that tells the newest position it has decoded. */
const telling = (told: (position: bigint) => void): Codec =>
  but(stores.codec, {
    decode: async (events) => {
      const decoded = await stores.codec.decode(events);
      const last = events.at(-1);
      if (last !== undefined) told(last.position);
      return decoded;
    },
  });

const heads = new Map<string, Parameters<TestStores['codec']['encode']>[1]>();
beforeEach(() => heads.clear());

async function append(customer: string, ...events: TestEvent[]): Promise<bigint> {
  const stream = `customer-${customer}`;
  const id = systemIds.next();
  const context: CommandContext = {
    commandId: id,
    request: null,
    correlationId: id,
    causationId: id,
    actor: { id: 'me', role: 'system' },
    now: systemClock.now(),
  };
  const head = heads.get(stream) ?? EMPTY_STREAM;
  const encoded = await stores.codec.encode(stream, head, events, context);
  const { position } = await stores.eventStore.append(stream, encoded.events, 'any');
  heads.set(stream, encoded.head);
  return position;
}
const paid = (amount: number): TestEvent => ({ type: 'Paid', data: { amount } });
const noted = (noteId: string): TestEvent => ({ type: 'Noted', data: { noteId, words: 'hello' } });
const left: TestEvent = { type: 'Left', data: { why: 'price' } };

/** A few hundred events on a few dozen customers, the same every time. */
async function history(events = 300): Promise<void> {
  const pending: Promise<unknown>[] = [];
  const perCustomer = new Map<string, TestEvent[]>();
  for (let index = 0; index < events; index++) {
    const customer = `0000000${(index * 7) % 23}`;
    const event = index % 11 === 0 ? left : index % 3 === 0 ? noted(`n${index}`) : paid(index % 50);
    perCustomer.set(customer, [...(perCustomer.get(customer) ?? []), event]);
  }
  for (const [customer, list] of perCustomer) pending.push(append(customer, ...list));
  await Promise.all(pending);
}

async function reached(views: readonly AnyView[]): Promise<void> {
  const head = await stores.eventStore.head();
  const reader = new ViewReader(stores.readStore);
  await until(async () =>
    (await Promise.all(views.map((one) => reader.status(one)))).every(
      ({ checkpoint }) => checkpoint === head && head !== null,
    ),
  );
}

/** The document of a customer, of a view that has one each. */
const of = (customer: string) => ({ stream: `customer-${customer}` });

const equalsFold = (one: AnyView): Promise<void> => expectFold(stores, one);

describe('projections', () => {
  it('are there for an empty log', async () => {
    await run([accounts()]);
    await until(() => stores.readStore.active('accounts'));
    expect(await new ViewReader(stores.readStore).get(accounts(), [of('x')])).toEqual([undefined]);
  });

  it('equal a fold from event 0, for what was there and for what comes live', async () => {
    await history(200);
    await run([accounts(), notes]);
    await reached([accounts(), notes]);
    await history(100);
    await append('00000001', paid(5), noted('late'), left, noted('later'));
    await reached([accounts(), notes]);
    await equalsFold(accounts());
    await equalsFold(notes);
  });

  it('equal it after crashes at every commit', async () => {
    await history(200);
    let crashes = 0;
    let commits = 0;
    const fragile = but(stores.readStore, {
      commit: async (batch, leases) => {
        const odd = commits++ % 2 === 1;
        if (odd) await stores.readStore.commit(batch, leases); // half of the crashes come after the commit, half before
        crashes++;
        if (crashes < 12) throw new Error('crash');
        if (!odd) await stores.readStore.commit(batch, leases);
      },
    });
    await run([accounts(), notes], { readStore: fragile });
    await reached([accounts(), notes]);
    await stopAll();
    expect(crashes).toBeGreaterThan(1);
    await equalsFold(accounts());
    await equalsFold(notes);
  });

  it('equal it after a commit that failed when the events behind it were already folded', async () => {
    await history(1_200);
    let told = 0n;
    let commits = 0;
    const fragile = but(stores.readStore, {
      commit: async (batch, leases) => {
        if (++commits === 2) {
          await until(() => told > batch[0]!.checkpoint);
          throw new Error('crash');
        }
        await stores.readStore.commit(batch, leases);
      },
    });
    await run([accounts(), notes], {
      readStore: fragile,
      codec: telling((position) => (told = position)),
    });
    await reached([accounts(), notes]);
    await stopAll();
    expect(notices.filter(({ kind }) => kind === 'failed')).toEqual([
      { kind: 'failed', error: new Error('crash') },
    ]);
    await equalsFold(accounts());
    await equalsFold(notes);
  });

  it('are folded on documents that began in a commit still under way', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => `n${index}`); // as many as the first batch has
    await append('00000001', ...ids.map(noted));
    await append('00000001', ...ids.map((why): TestEvent => ({ type: 'Left', data: { why } })));
    let told = 0n;
    const slow = but(stores.readStore, {
      commit: async (batch, leases) => {
        if (batch[0]!.expected === null) await until(() => told > batch[0]!.checkpoint);
        await stores.readStore.commit(batch, leases);
      },
    });
    await run([named], {
      readStore: slow,
      codec: telling((position) => (told = position)),
    });
    await reached([named]);
    await equalsFold(named);
  });

  it('equal it when a runner goes on that has lost its leases without knowing', async () => {
    await history(150);
    const soonOver = await holdPartitions(stores.readStore, [0, 1, 2], 1);
    await run([accounts(), notes], {}, soonOver);
    await reached([accounts(), notes]);
    const taken = await until(() => allPartitions(stores.readStore, PARTITIONS).catch(() => undefined));
    await run([accounts(), notes], {}, taken);
    await history(150);
    await until(() => notices.some(({ kind }) => kind === 'lost'));
    await reached([accounts(), notes]);
    await stopAll();
    await equalsFold(accounts());
    await equalsFold(notes);
  });

  it('equal it when several runners share the partitions, and when one moves', async () => {
    await history(150);
    const first = await holdPartitions(stores.readStore, [0, 2]);
    const second = await holdPartitions(stores.readStore, [1]);
    const one = await run([accounts(), notes], {}, first);
    await run([accounts(), notes], {}, second);
    await history(100);
    await reached([accounts(), notes]);
    await equalsFold(accounts());

    await one.hold(new Map([...first].filter(([partition]) => partition === 0)));
    await stores.readStore.release(first.get(2)!);
    await history(50);
    await run([accounts(), notes], {}, await holdPartitions(stores.readStore, [2]));
    await history(50);
    await reached([accounts(), notes]);
    await stopAll();
    await equalsFold(accounts());
    await equalsFold(notes);
    expect(notices.filter(({ kind }) => kind === 'failed' || kind === 'lost')).toEqual([]);
  });

  it('continue where they were after a restart', async () => {
    await history(100);
    await run([accounts()]);
    await reached([accounts()]);
    await stopAll();
    await history(50);
    notices.length = 0;
    await run([accounts()]);
    await reached([accounts()]);
    await equalsFold(accounts());
    expect(notices.filter(({ kind }) => kind === 'activated')).toEqual([]);
  });
});

describe('a rebuild', () => {
  it('takes over in one switch when it has seen as many events as are stored', async () => {
    await history();
    await run([accounts(), notes]);
    await reached([accounts(), notes]);
    expect(await beginRebuild(stores.readStore, accounts(), PARTITIONS)).toBe('accounts@1.g2');
    await history(50);
    await until(async () => (await stores.readStore.active('accounts')) === 'accounts@1.g2');
    await reached([accounts(), notes]);
    await equalsFold(accounts());
    expect(await stores.readStore.collections()).toEqual(['accounts@1.g2', 'notes@1']);
    const stored = await stores.eventStore.count();
    await until(() => notices.some((one) => one.kind === 'activated' && one.collection === 'accounts@1.g2'));
    expect((await new ViewReader(stores.readStore).status(accounts())).progress.delivered).toBe(stored);
  });

  it('of a new version goes on beside the old, which is answered from until the switch', async () => {
    await history(100);
    await run([accounts('1')]);
    await reached([accounts('1')]);
    await stopAll();
    await run([accounts('2'), notes]);
    await until(async () => (await stores.readStore.active('accounts')) === 'accounts@2');
    await reached([accounts('2'), notes]);
    await equalsFold(accounts('2'));
    expect(await stores.readStore.collections()).toEqual(['accounts@2', 'notes@1']);
  });

  it('under another definition lets the old one move on until it takes over', async () => {
    await history(100);
    await run([accounts('1+d1')]);
    await reached([accounts('1+d1')]);
    await stopAll();
    await history(30);
    const older = (collection: string) => (collection === 'accounts@1+d1' ? accounts('1+d1') : undefined);
    const runner = await run([accounts('1+d1')], { older });
    runner.use([accounts('1+d2')]);
    await until(async () => (await stores.readStore.active('accounts')) === 'accounts@1+d2');
    await reached([accounts('1+d2')]);
    await equalsFold(accounts('1+d2'));
    await until(async () => (await stores.readStore.collections()).length === 1);
    expect(await new ViewReader(stores.readStore).get(accounts('1+d1'), [of('00000000')])).toHaveLength(1); // the same build reads it
  });

  it('takes over when every partition is there, whichever process moves it', async () => {
    await history(150);
    await run([accounts()], {}, await holdPartitions(stores.readStore, [0, 1]));
    await until(async () => (await stores.readStore.states('accounts@1'))[1]?.checkpoint);
    expect(await stores.readStore.active('accounts')).toBeNull();
    await run([accounts()], {}, await holdPartitions(stores.readStore, [2]));
    await reached([accounts()]);
    await equalsFold(accounts());

    await beginRebuild(stores.readStore, accounts(), PARTITIONS);
    await history(50);
    await until(async () => (await stores.readStore.active('accounts')) === 'accounts@1.g2');
    await history(50);
    await reached([accounts()]);
    await equalsFold(accounts());
    await until(async () => (await stores.readStore.collections()).length === 1);
    expect(notices.filter(({ kind }) => kind === 'failed')).toEqual([]);
  });

  it('starts by itself when the store has lost a collection', async () => {
    await history(100);
    await run([accounts(), notes]);
    await reached([accounts(), notes]);
    await stores.readStore.drop('accounts@1');
    await history(50);
    await reached([accounts(), notes]);
    await equalsFold(accounts());
    await equalsFold(notes);
  });

  it('does not take over when events were not delivered', async () => {
    await history(40);
    const silent = but(stores.eventStore, {
      readAll: async function* (options) {
        let index = 0;
        for await (const event of stores.eventStore.readAll(options)) if (index++ !== 17) yield event;
      },
    });
    const { codec, readStore } = stores;
    const runner = new ProjectionRunner({
      store: silent,
      codec,
      readStore,
      views: [accounts()],
      partitions: PARTITIONS,
      notice: (notice) => notices.push(notice),
    });
    const held = await allPartitions(readStore, PARTITIONS);
    runners.push({ runner, held });
    runner.start();
    await runner.hold(held);
    await until(() => notices.find(({ kind }) => kind === 'failed'));
    expect(String((notices.find(({ kind }) => kind === 'failed') as { error: Error }).error)).toContain(
      'not switching',
    );
    expect(await readStore.active('accounts')).toBeNull();
  });
});

describe('an event that cannot be folded', () => {
  it('is parked with the later ones of its document, and the rest goes on', async () => {
    await append('0000000a', paid(1), paid(13), paid(2));
    await append('0000000b', paid(7));
    await run([accounts('1', 13)]);
    await reached([accounts()]);
    await append('0000000a', paid(3));
    await reached([accounts()]);
    const reader = new ViewReader(stores.readStore);
    expect(await reader.get(accounts(), [of('0000000a'), of('0000000b')])).toMatchObject([
      { total: 1 },
      { total: 7 },
    ]);
    expect((await reader.status(accounts())).progress.parked).toBe(3);
    const [record] = await stores.readStore.range('accounts@1', PARKED, { limit: 10 });
    expect(JSON.parse(record!.document)).toMatchObject({
      key: 'customer-0000000a',
      reason: 'cannot fold 13',
      positions: ['2', '3', '5'],
    });
    expect(notices).toContainEqual({ kind: 'parked', collection: 'accounts@1', events: 3 });
  });

  it('is folded with its successors, in order, once a fix is there', async () => {
    await append('0000000a', paid(1), paid(13), paid(2));
    await run([accounts('1', 13)]);
    await reached([accounts()]);
    await stopAll();
    await run([accounts('1')]);
    await until(
      async () => (await new ViewReader(stores.readStore).status(accounts())).progress.parked === 0,
    );
    await stopAll();
    await equalsFold(accounts());
  });

  it('because nobody here can read it parks its stream, for the views that are made of it', async () => {
    await append('0000000a', paid(1));
    const newer = {
      id: '01a200e5-56df-73bd-b184-58054d5417fa',
      type: 'Paid',
      data: '{"amount":5}',
      metadata: '{"schema":9}',
    };
    await stores.eventStore.append('customer-0000000a', [newer], 'any');
    await stores.eventStore.append(
      'customer-0000000a',
      [{ ...newer, id: '01a200e5-56df-73bd-b184-58054d5417fb', type: 'Unheard' }],
      'any',
    );
    await append('0000000b', paid(7));
    await run([accounts()]);
    await reached([accounts()]);
    const reader = new ViewReader(stores.readStore);
    expect(await reader.get(accounts(), [of('0000000a'), of('0000000b')])).toMatchObject([
      { total: 1 },
      { total: 7 },
    ]);
    expect((await reader.status(accounts())).progress.parked).toBe(1);
  });
});

describe('a commit on a wrong checkpoint', () => {
  it('is refused by the store, and so nothing is counted twice', async () => {
    await history(30);
    await run([accounts()]);
    await reached([accounts()]);
    await stopAll();
    const empty = {
      documents: new Map(),
      listed: [],
      unlisted: [],
      cells: new Map(),
      progress: new Map([[0, '{}']]),
    };
    await expect(
      stores.readStore.commit([
        { collection: collectionOf(accounts()), expected: 1n, checkpoint: 2n, ...empty },
      ]),
    ).rejects.toThrow(WrongCheckpoint);
  });
});
