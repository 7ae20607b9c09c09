import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogueOf, Codec, EMPTY_STREAM } from '#event-store/codec/index.js';
import { StoreUnavailable, type EventStore } from '#event-store/index.js';
import {
  customerStream,
  DomainError,
  eventType,
  systemClock,
  text,
  whole,
  type CommandContext,
  type CustomerId,
  type Decider,
  type EventOf,
  type Instant,
} from '#kernel';
import { but } from '#test/support/but.js';
import { openTestStores, type TestStores } from '#test/support/stores.js';
import { commandEvents } from './events.js';
import { CommandHandling } from './index.js';

const Added = eventType('Added', { amount: whole() });
/** Of another decider on the same stream. */
const Renamed = eventType('Renamed', { name: text(50).optional });
type AddedEvent = EventOf<typeof Added>;
type RenamedEvent = EventOf<typeof Renamed>;
interface Sum {
  readonly total: number;
  readonly count: number;
}
type SumCommand =
  { readonly type: 'Add'; readonly amount: number } | { readonly type: 'AtLeast'; readonly total: number };

/** Never above 1,000; adding nothing is nothing. */
const sum: Decider<Sum, SumCommand, AddedEvent> = {
  name: 'sum',
  initialState: { total: 0, count: 0 },
  decide: {
    Add({ amount }, { total }) {
      if (total + amount > 1_000) throw new DomainError('sum.too_much', 'At most 1,000.');
      return amount === 0 ? [] : [{ type: 'Added', data: { amount } }];
    },
    AtLeast: ({ total }, state) =>
      state.total >= total ? [] : [{ type: 'Added', data: { amount: total - state.total } }],
  },
  evolve: { Added: ({ total, count }, { amount }) => ({ total: total + amount, count: count + 1 }) },
};

const names: Decider<{ readonly name: string }, RenamedEvent & { type: 'Renamed' }, RenamedEvent> = {
  name: 'names',
  initialState: { name: '' },
  decide: { Renamed: (command, { name }) => (command.data.name === name ? [] : [command]) },
  evolve: { Renamed: (_, { name = '' }) => ({ name }) },
};

/** When something was last added. */
const lastly: Decider<{ readonly at: string }, never, AddedEvent> = {
  name: 'lastly',
  initialState: { at: '' },
  decide: {},
  evolve: { Added: (_state, _data, at) => ({ at }) },
};

const stream = customerStream('customer-1' as CustomerId);
let next = 0;
const context = (overrides: Partial<CommandContext> = {}): CommandContext => ({
  commandId: `command-${next++}`, request: null, correlationId: 'r', causationId: 'c',
  actor: { id: 'me', role: 'back-office' }, now: systemClock.now(), ...overrides,
}); // prettier-ignore

let stores: TestStores;
const handlingOn = (store: EventStore, cacheCapacity?: number): CommandHandling =>
  new CommandHandling({
    store,
    codec: stores.codec,
    customerDeciders: [sum, names, lastly],
    ...(cacheCapacity === undefined ? {} : { cacheCapacity }),
  });

beforeEach(async () => {
  stores = await openTestStores(catalogueOf([Added, Renamed, ...Object.values(commandEvents)]));
});
afterEach(() => stores.close());

const add = (handling: CommandHandling, amount: number, over?: Partial<CommandContext>) =>
  handling.handle(stream, sum, { type: 'Add', amount }, context(over));
const total = async (): Promise<number> => (await handlingOn(stores.eventStore).state(stream, sum)).total;

describe('a command', () => {
  it('becomes events, and answers where they are', async () => {
    const handled = await add(handlingOn(stores.eventStore), 5);
    expect(handled).toMatchObject({
      revision: 0n,
      position: 1n,
      replayed: false,
      events: [{ type: 'Added', data: { amount: 5 } }],
    });
  });

  it('that does not say when happens as it is recorded: after the one before, whatever the clock says', async () => {
    const [early, late] = ['2026-03-01T00:00:01.000Z', '2026-03-01T00:00:02.000Z'] as Instant[];
    const handling = handlingOn(stores.eventStore);
    await add(handling, 5, { now: late! });
    await add(handling, 7, { now: early! });
    for (const one of [handling, handlingOn(stores.eventStore)])
      expect(await one.state(stream, lastly)).toEqual({ at: late });
    await add(handling, 9, { now: early!, occurredAt: early! });
    for (const one of [handling, handlingOn(stores.eventStore)])
      expect(await one.state(stream, lastly)).toEqual({ at: early });
  });

  it('that asks for what is so decides nothing', async () => {
    const handling = handlingOn(stores.eventStore);
    await add(handling, 5);
    expect(await add(handling, 0)).toMatchObject({
      revision: 0n,
      position: 1n,
      events: [],
      changed: false,
    });
  });

  it('sent twice is answered as the first time, also by another process and after a restart', async () => {
    const first = await add(handlingOn(stores.eventStore), 5, { commandId: 'once', request: 'f' });
    await add(handlingOn(stores.eventStore), 7);
    stores = await stores.reopened();
    for (const handling of [handlingOn(stores.eventStore), handlingOn(stores.eventStore)]) {
      const again = await add(handling, 5, { commandId: 'once', request: 'f' });
      expect(again).toMatchObject({ revision: first.revision, position: first.position, replayed: true });
    }
    expect(await total()).toBe(12);
  });

  it('sent twice at once is recorded once', async () => {
    const [a, b] = [handlingOn(stores.eventStore), handlingOn(stores.eventStore)];
    const answers = await Promise.all(
      [a, b, a, b].map((handling) => add(handling, 5, { commandId: 'once' })),
    );
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await total()).toBe(5);
  });

  it('under a key that came with another body is refused', async () => {
    const handling = handlingOn(stores.eventStore);
    await add(handling, 5, { commandId: 'once', request: 'f' });
    await expect(add(handling, 6, { commandId: 'once', request: 'g' })).rejects.toMatchObject({
      code: 'idempotency.key_reused',
    });
  });

  it('that changed nothing is remembered under its key, and stays so whatever comes after', async () => {
    const handling = handlingOn(stores.eventStore);
    const atLeast = (request: string, over: Partial<CommandContext> = {}) =>
      handling.handle(
        stream,
        sum,
        { type: 'AtLeast', total: 5 },
        context({ commandId: 'k', request, ...over }),
      );
    await add(handling, 5);
    expect(await atLeast('f')).toMatchObject({ changed: false, replayed: false, revision: 1n, position: 2n });
    await add(handling, -3);
    for (const again of [handling, handlingOn(stores.eventStore)]) {
      const answer = await again.handle(
        stream,
        sum,
        { type: 'AtLeast', total: 5 },
        context({ commandId: 'k', request: 'f' }),
      );
      expect(answer).toMatchObject({ changed: false, replayed: true, revision: 1n, position: 2n });
    }
    await expect(atLeast('g')).rejects.toMatchObject({ code: 'idempotency.key_reused' });
    expect(await total()).toBe(2);
  });

  it('without a key that changed nothing leaves nothing in the log', async () => {
    const handling = handlingOn(stores.eventStore);
    await add(handling, 5);
    await add(handling, 0);
    expect(await stores.eventStore.count()).toBe(1);
  });

  it('whose stream only its body tells is refused on another stream under the same key', async () => {
    const body = { commandId: 'k', request: 'f', addressed: true } as const;
    await add(handlingOn(stores.eventStore), 5, body);
    stores = await stores.reopened();
    const other = customerStream('customer-2' as CustomerId);
    const onOther = (over: Partial<CommandContext>) =>
      handlingOn(stores.eventStore).handle(other, sum, { type: 'Add', amount: 5 }, context(over));
    await expect(onOther({ ...body, request: 'g' })).rejects.toMatchObject({
      code: 'idempotency.key_reused',
    });
    expect(await add(handlingOn(stores.eventStore), 5, body)).toMatchObject({ replayed: true });
    expect(await onOther({ ...body, commandId: 'another' })).toMatchObject({ changed: true });
  });

  it('whose stream only its body tells, sent with two bodies at once, is recorded once', async () => {
    const handlings = [0, 1, 2, 3].map(() => handlingOn(stores.eventStore));
    const outcomes = await Promise.allSettled(
      handlings.map((handling, n) =>
        handling.handle(
          customerStream(`customer-${n}` as CustomerId),
          sum,
          { type: 'Add', amount: 1 },
          context({ commandId: 'k', request: `body ${n}`, addressed: true }),
        ),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'idempotency.key_reused' });
    expect(await stores.eventStore.count({ filter: { types: ['Added'] } })).toBe(1);
  });

  it('on a stream that holds what this build cannot read is refused, and says what', async () => {
    const handling = handlingOn(stores.eventStore);
    await add(handling, 5);
    const newer = new Codec(catalogueOf([eventType('Doubled', {})]), stores.keyStore);
    const { events } = await newer.encode(stream, EMPTY_STREAM, [{ type: 'Doubled', data: {} }], context());
    await stores.eventStore.append(stream, events, 0n);
    for (const one of [handling, handlingOn(stores.eventStore)])
      await expect(add(one, 2_000)).rejects.toMatchObject({
        code: 'stream.unreadable',
        kind: 'unavailable',
        facts: { type: 'Doubled', position: '2' },
      });
  });

  it('with If-Match holds when only what its rules do not look at came after', async () => {
    const handling = handlingOn(stores.eventStore);
    await add(handling, 1); // 0
    await handling.handle(stream, names, { type: 'Renamed', data: { name: 'a' } }, context()); // 1
    expect((await add(handling, 1, { expectedRevision: 0n })).revision).toBe(2n);
    await expect(add(handling, 1, { expectedRevision: 1n })).rejects.toMatchObject({
      kind: 'stale',
      facts: { revision: '2' },
    });
    const renamed = await handlingOn(stores.eventStore).handle(
      stream,
      names,
      { type: 'Renamed', data: { name: 'b' } },
      context({ expectedRevision: 1n }),
    );
    expect(renamed.revision).toBe(3n);
  });

  it('with If-Match is decided on that revision only', async () => {
    const handling = handlingOn(stores.eventStore);
    await add(handling, 1, { expectedRevision: -1n });
    await expect(add(handling, 1, { expectedRevision: 4n })).rejects.toMatchObject({
      kind: 'stale',
      facts: { revision: '0' },
    });
    await add(handlingOn(stores.eventStore), 1); // by another process
    await expect(add(handling, 1, { expectedRevision: 0n })).rejects.toMatchObject({
      kind: 'stale',
      facts: { revision: '1' },
    });
    expect((await add(handling, 1, { expectedRevision: 1n })).revision).toBe(2n);
  });

  it('is refused on what is so now, not on what was remembered', async () => {
    const [mine, other] = [handlingOn(stores.eventStore), handlingOn(stores.eventStore)];
    await add(mine, 100);
    await other.handle(stream, sum, { type: 'AtLeast', total: 1_000 }, context());
    await expect(add(mine, 1)).rejects.toMatchObject({ code: 'sum.too_much' });
    expect(await mine.handle(stream, sum, { type: 'AtLeast', total: 1_000 }, context())).toMatchObject({
      changed: false,
      position: 2n,
    });
  });

  it('is decided afresh when somebody else was first', async () => {
    const handlings = [0, 1, 2, 3].map(() => handlingOn(stores.eventStore));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) => add(handlings[index % 4]!, 20)), // four processes, 1,200 asked, 1,000 allowed
    );
    expect(await total()).toBe(1_000);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(10);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: expect.stringMatching(/too_much|contended/) });
  });

  it('is right with a cache that holds next to nothing', async () => {
    const handling = handlingOn(stores.eventStore, 1);
    const streams = ['customer-a0000001', 'customer-b0000001'] as (typeof stream)[];
    for (let round = 1; round <= 5; round++) {
      for (const one of streams) {
        const handled = await handling.handle(one, sum, { type: 'Add', amount: 1 }, context());
        expect(handled.revision).toBe(BigInt(round - 1));
      }
    }
  });

  it('whose append may or may not have happened can be sent again', async () => {
    const store = stores.eventStore;
    const failing = but(store, {
      append: async (...args) => {
        await store.append(...args); // it did happen, and the answer was lost
        throw new StoreUnavailable('the answer was lost');
      },
    });
    await expect(add(handlingOn(failing), 5, { commandId: 'once' })).rejects.toThrow('the answer was lost');
    expect(await add(handlingOn(store), 5, { commandId: 'once' })).toMatchObject({
      replayed: true,
      revision: 0n,
    });
    expect(await total()).toBe(5);
  });
});

describe('commands that come together', () => {
  const ask = (command: SumCommand, over?: Partial<CommandContext>) => ({
    decider: sum,
    command,
    context: context(over),
  });
  const adds = (...amounts: readonly number[]) => amounts.map((amount) => ask({ type: 'Add', amount }));
  const outcomes = (settled: readonly PromiseSettledResult<{ revision: bigint; replayed: boolean }>[]) =>
    settled.map((one) => (one.status === 'fulfilled' ? Number(one.value.revision) : one.reason));

  /** The real store, counting its appends. */
  const counting = () => {
    const counted = { appends: 0 };
    const store = but(stores.eventStore, {
      append: (...append) => {
        counted.appends++;
        return stores.eventStore.append(...append);
      },
    });
    return { counted, store };
  };

  it('are decided one on the outcome of the other and appended as one', async () => {
    const { counted, store } = counting();
    const asks = [...adds(1, 2), ask({ type: 'AtLeast', total: 10 }), ...adds(5)];
    expect(outcomes(await handlingOn(store).handleAll(stream, asks))).toEqual([0, 1, 2, 3]);
    expect(counted.appends).toBe(1);
    expect(await total()).toBe(15);
  });

  it('are each answered for themselves: one that is refused or changes nothing holds nothing up', async () => {
    const handling = handlingOn(stores.eventStore);
    const [, refused] = adds(1, 2_000);
    const settled = await handling.handleAll(stream, [...adds(1, 0), refused!, ...adds(2)]); // adds gives two
    expect(outcomes(settled)).toEqual([0, 0, expect.objectContaining({ code: 'sum.too_much' }), 1]);
    expect(await total()).toBe(3);
  });

  it('and are the same command are handled once', async () => {
    const same = (request: string) => ask({ type: 'Add', amount: 1 }, { commandId: 'same', request });
    const settled = await handlingOn(stores.eventStore).handleAll(stream, [same('f'), same('f'), same('g')]);
    expect(settled).toMatchObject([
      { value: { replayed: false } },
      { value: { replayed: true } },
      { reason: { code: 'idempotency.key_reused' } },
    ]);
    expect(await total()).toBe(1);
  });

  it('are decided afresh when somebody else was first', async () => {
    const handling = handlingOn(stores.eventStore);
    await add(handling, 990);
    await add(handlingOn(stores.eventStore), 5); // by another process: 995
    const settled = await handling.handleAll(stream, adds(3, 3, 2));
    expect(outcomes(settled)).toEqual([2, expect.objectContaining({ code: 'sum.too_much' }), 3]);
    expect(await total()).toBe(1_000);
  });

  it('are all refused when the store is away, and can all be sent again', async () => {
    let away = true;
    const store = but(stores.eventStore, {
      append: (...append) =>
        away ? Promise.reject(new StoreUnavailable('away')) : stores.eventStore.append(...append),
    });
    const handling = handlingOn(store);
    const asks = adds(1, 2, 3);
    expect(outcomes(await handling.handleAll(stream, asks))).toEqual(
      Array(3).fill(expect.any(StoreUnavailable)),
    );
    away = false;
    expect(outcomes(await handling.handleAll(stream, asks))).toEqual([0, 1, 2]);
    expect(await total()).toBe(6);
  });

  it('may be more than one append has room for', async () => {
    const settled = await handlingOn(stores.eventStore).handleAll(
      stream,
      adds(...Array<number>(800).fill(1)),
    );
    expect(outcomes(settled)).toEqual(Array.from({ length: 800 }, (_, n) => n));
    expect(await total()).toBe(800);
  });

  it('can be rehearsed: decided on the log and on one another, and nothing is appended', async () => {
    const { counted, store } = counting();
    await add(handlingOn(stores.eventStore), 900);
    const rehearsal = handlingOn(store).rehearsal();
    const asks = adds(60, 60, 0, 40);
    const refused = expect.objectContaining({ code: 'sum.too_much' });
    expect(outcomes(await rehearsal.handleAll(stream, asks.slice(0, 2)))).toEqual([1, refused]);
    expect(outcomes(await rehearsal.handleAll(stream, asks.slice(2)))).toEqual([1, 2]);
    expect(await rehearsal.handleAll(stream, asks.slice(0, 1))).toMatchObject([
      { value: { replayed: true } },
    ]);
    expect(counted.appends).toBe(0);
    expect(await total()).toBe(900);
  });
});
