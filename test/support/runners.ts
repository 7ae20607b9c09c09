/**
 * Views of accounts and notes, and runners that move them on embedded stores, for the specs of the engine.
 *
 *     const rig = givenRunners(); // registers with the suite that calls it
 *     await rig.append('0000000a', paid(1));
 *     await rig.run([accounts()]);
 *     await rig.reached([accounts()]);
 */
import { afterEach, beforeEach } from '@jest/globals';
import { catalogueOf, EMPTY_STREAM, type Codec } from '#event-store/codec/index.js';
import type { EventStore } from '#event-store/index.js';
import {
  customerOf,
  eventType,
  id,
  systemClock,
  systemIds,
  openText,
  whole,
  type CommandContext,
  type EventsOf,
} from '#kernel';
import type { Lease, ReadStore } from '#read-store/index.js';
import { openTestStores, type TestStores } from '#test/support/stores.js';
import { expectFold } from '#test/support/folds.js';
import { allPartitions, releaseAll } from '#test/support/leases.js';
import { until } from '#test/support/until.js';
import {
  ProjectionRunner,
  view,
  ViewReader,
  type AnyView,
  type RunnerNotice,
  type View,
} from '#projections/index.js';

export const types = {
  Paid: eventType('Paid', { amount: whole() }),
  Noted: eventType('Noted', { noteId: id(), words: openText(50) }),
  Left: eventType('Left', { why: openText(20) }),
} as const;
export type TestEvent = EventsOf<typeof types>;

interface Account {
  readonly customer: string;
  readonly total: number;
  readonly left?: true;
}
export const accounts = (version = '1', poison?: number): View<Account, TestEvent> =>
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
export const notes = view<Note, TestEvent>({
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
export const named = view<{ readonly left: boolean }, Extract<TestEvent, { type: 'Noted' | 'Left' }>>({
  name: 'named',
  version: '1',
  key: (event) => (event.type === 'Noted' ? event.data.noteId : event.data.why),
  on: { Noted: () => ({ left: false }), Left: (before) => before && { left: true } },
  begins: ['Noted'],
});

/** More than one, so that every test is also one of partitions. */
export const PARTITIONS = 3;

export const paid = (amount: number): TestEvent => ({ type: 'Paid', data: { amount } });
export const noted = (noteId: string): TestEvent => ({ type: 'Noted', data: { noteId, words: 'hello' } });
export const left: TestEvent = { type: 'Left', data: { why: 'price' } };

/** The document of a customer, of a view that has one each. */
export const of = (customer: string) => ({ stream: `customer-${customer}` });

interface Over {
  readonly store?: EventStore;
  readonly readStore?: ReadStore;
  readonly codec?: Codec;
  readonly older?: (collection: string) => AnyView | undefined;
}

export interface Rig {
  stores: TestStores;
  notices: RunnerNotice[];
  /** A runner that moves what it holds: all of it without `leases`. */
  run(views: readonly AnyView[], over?: Over, leases?: ReadonlyMap<number, Lease>): Promise<ProjectionRunner>;
  stopAll(): Promise<void>;
  append(customer: string, ...events: TestEvent[]): Promise<bigint>;
  /** A few hundred events on a few dozen customers, the same every time. */
  history(events?: number): Promise<void>;
  reached(views: readonly AnyView[]): Promise<void>;
  equalsFold(view: AnyView): Promise<void>;
}

export function givenRunners(): Rig {
  const catalogue = catalogueOf(Object.values(types));
  const heads = new Map<string, Parameters<TestStores['codec']['encode']>[1]>();
  let runners: { runner: ProjectionRunner; held: ReadonlyMap<number, Lease> }[] = [];
  const rig = { notices: [] as RunnerNotice[], run, stopAll, append, history, reached, equalsFold } as Rig; // stores come before each test

  beforeEach(async () => {
    rig.stores = await openTestStores(catalogue);
    rig.notices = [];
    runners = [];
    heads.clear();
  });
  afterEach(async () => {
    await stopAll();
    await rig.stores.close();
  });

  async function run(
    views: readonly AnyView[],
    over: Over = {},
    leases?: ReadonlyMap<number, Lease>,
  ): Promise<ProjectionRunner> {
    const { eventStore: store, codec, readStore } = rig.stores;
    const held = leases ?? (await allPartitions(readStore, PARTITIONS));
    const runner = new ProjectionRunner({
      store,
      codec,
      readStore,
      views,
      partitions: PARTITIONS,
      notice: (notice) => rig.notices.push(notice),
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
      await releaseAll(rig.stores.readStore, held);
    }
  }

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
    const encoded = await rig.stores.codec.encode(stream, head, events, context);
    const { position } = await rig.stores.eventStore.append(stream, encoded.events, 'any');
    heads.set(stream, encoded.head);
    return position;
  }
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
    const head = await rig.stores.eventStore.head();
    const reader = new ViewReader(rig.stores.readStore);
    await until(async () =>
      (await Promise.all(views.map((one) => reader.status(one)))).every(
        ({ checkpoint }) => checkpoint === head && head !== null,
      ),
    );
  }

  async function equalsFold(one: AnyView): Promise<void> {
    await expectFold(rig.stores, one);
  }

  return rig;
}
