/** A command over two streams, of which each step may fail and the process may end between them. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogueOf } from '#event-store/codec/index.js';
import { StoreUnavailable, type EventStore } from '#event-store/index.js';
import {
  customerStream,
  DomainError,
  eventType,
  id,
  systemClock,
  type CommandContext,
  type CustomerId,
  type Decider,
  type EventOf,
  type StreamName,
} from '#kernel';
import { but } from '#test/support/but.js';
import { openTestStores, type TestStores } from '#test/support/stores.js';
import { commandEvents } from './events.js';
import { CommandHandling } from './index.js';

/** A seat is one guest's; a guest has at most one. */
const Taken = eventType('Taken', { by: id() });
const Seated = eventType('Seated', { seat: id() });
type Event = EventOf<typeof Taken> | EventOf<typeof Seated>;
interface State {
  readonly by: string | null;
  readonly seat: string | null;
}
type Command =
  { readonly type: 'Take'; readonly by: string } | { readonly type: 'Seat'; readonly seat: string };

const seating: Decider<State, Command, Event> = {
  name: 'seating',
  initialState: { by: null, seat: null },
  decide: {
    Take({ by }, state) {
      if (state.by !== null && state.by !== by) throw new DomainError('seat.taken', 'It is taken.');
      return state.by === by ? [] : [{ type: 'Taken', data: { by } }];
    },
    Seat({ seat }, state) {
      if (state.seat !== null && state.seat !== seat) throw new DomainError('guest.seated', 'One seat each.');
      return state.seat === seat ? [] : [{ type: 'Seated', data: { seat } }];
    },
  },
  evolve: {
    Taken: (state, { by }) => ({ ...state, by }),
    Seated: (state, { seat }) => ({ ...state, seat }),
  },
};

const streamOf = (name: string): StreamName => customerStream(name.padStart(8, '0') as CustomerId);
let stores: TestStores;
beforeEach(async () => {
  stores = await openTestStores(catalogueOf([Taken, Seated, ...Object.values(commandEvents)]));
});
afterEach(() => stores.close());

const handlingOn = (store: EventStore): CommandHandling =>
  new CommandHandling({ store, codec: stores.codec, customerDeciders: [seating] });

function contextOf(guest: string, seat: string): CommandContext {
  const commandId = `${guest} on ${seat}`;
  return {
    commandId,
    request: 'the same',
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'me', role: 'back-office' },
    now: systemClock.now(),
    first: { stream: streamOf(seat), decider: seating, command: { type: 'Take', by: guest } as Command },
  };
}
const seat = (handling: CommandHandling, guest: string, on: string) =>
  handling.handle(streamOf(guest), seating, { type: 'Seat', seat: on }, contextOf(guest, on));
const stateOf = (name: string): Promise<State> =>
  handlingOn(stores.eventStore).state(streamOf(name), seating);

describe('a command over two streams', () => {
  it('is recorded on both, and once', async () => {
    const handling = handlingOn(stores.eventStore);
    expect(await seat(handling, 'ada', 's1')).toMatchObject({ changed: true, replayed: false });
    expect(await seat(handling, 'ada', 's1')).toMatchObject({ changed: true, replayed: true });
    expect([await stateOf('s1'), await stateOf('ada')]).toMatchObject([{ by: 'ada' }, { seat: 's1' }]);
    expect(await stores.eventStore.count()).toBe(2);
  });

  it('is recorded on neither where either refuses it', async () => {
    const handling = handlingOn(stores.eventStore);
    await seat(handling, 'ada', 's1');
    await expect(seat(handling, 'bob', 's1')).rejects.toMatchObject({ code: 'seat.taken' });
    await expect(seat(handling, 'ada', 's2')).rejects.toMatchObject({ code: 'guest.seated' });
    expect([await stateOf('bob'), await stateOf('s2')]).toMatchObject([{ seat: null }, { by: null }]);
  });

  it('is whole when it is sent again after a crash between the two', async () => {
    const dying = but(stores.eventStore, {
      append: (stream, ...rest) =>
        stream === streamOf('ada')
          ? Promise.reject(new StoreUnavailable('gone'))
          : stores.eventStore.append(stream, ...rest),
    });
    await expect(seat(handlingOn(dying), 'ada', 's1')).rejects.toThrow('gone');
    expect([await stateOf('s1'), await stateOf('ada')]).toMatchObject([{ by: 'ada' }, { seat: null }]);
    expect(await seat(handlingOn(stores.eventStore), 'ada', 's1')).toMatchObject({ changed: true });
    expect([await stateOf('s1'), await stateOf('ada')]).toMatchObject([{ by: 'ada' }, { seat: 's1' }]);
  });

  it('does not wait for one that waits for it', async () => {
    const handling = handlingOn(stores.eventStore);
    await Promise.all([seat(handling, 'ada', 'bob'), seat(handling, 'bob', 'ada')]);
    expect([await stateOf('ada'), await stateOf('bob')]).toEqual([
      { by: 'bob', seat: 'bob' },
      { by: 'ada', seat: 'ada' },
    ]);
  });

  it('stands in its place among others of its stream', async () => {
    const ask = (on: string) => ({
      decider: seating,
      command: { type: 'Seat', seat: on } as Command,
      context: contextOf('ada', on),
    });
    const asks = [ask('s1'), ask('s2'), ask('s1')];
    for (const way of [handlingOn(stores.eventStore).rehearsal(), handlingOn(stores.eventStore)]) {
      const settled = await way.handleAll(streamOf('ada'), asks);
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    }
    expect(await stateOf('s2')).toMatchObject({ by: null });
  });
});
