import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  describeOnDouble,
  serverName,
  serverUnderTest,
  type ServerUnderTest,
} from '#test/support/event-store-db.js';
import {
  startEventStoreDbDouble,
  type DoubleOptions,
  type EventStoreDbDouble,
  type Fault,
  type Interruption,
} from '#test/eventstoredb-double/index.js';
import { until as untilTrue } from '#test/support/until.js';
import {
  all,
  caughtUp,
  delivered,
  disorder,
  eventsOf,
  fresh,
  ids,
  someEvents,
  until,
} from '../contract/fixtures.js';
import {
  StoreUnavailable,
  type EventStore,
  type NewEvent,
  type Position,
  type SubscriptionMessage,
} from '../port.js';
import { openEventStoreDb, type EventStoreDb } from './eventstoredb.js';
import { WINDOW } from './filter.js';
import type { SubscriptionState } from './subscription-states.js';

const EAGER = { quietMs: 30, backOffMs: [5, 50] } as const;

describeOnDouble('a subscription to an EventStoreDB that fails', () => {
  let double: EventStoreDbDouble;
  let store: EventStoreDb;
  const notices: SubscriptionState[] = [];
  const opened: { close(): Promise<void> }[] = [];

  async function open(options: DoubleOptions = {}): Promise<void> {
    double = await startEventStoreDbDouble(options);
    store = await openEventStoreDb({
      url: double.url,
      patience: EAGER,
      notice: (state) => notices.push(state),
    });
    opened.unshift(store, double);
  }

  /** A store that does not wait long. */
  async function hasty(): Promise<EventStoreDb> {
    const notice = (state: SubscriptionState): void => void notices.push(state);
    const store = await openEventStoreDb({ url: double.url, deadlineMs: 500, patience: EAGER, notice });
    opened.unshift(store);
    return store;
  }
  beforeEach(async () => {
    notices.length = 0;
    await open();
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  /** Every event once and in order, and caught-up at the end. */
  function expectSound(messages: readonly SubscriptionMessage[], events: readonly NewEvent[]): void {
    expect(ids(eventsOf(messages))).toEqual(ids(events));
    const positions = messages.flatMap((m) =>
      m.kind === 'passed' ? [m.position] : m.kind === 'event' ? [m.event.position] : [],
    );
    expect(disorder(positions)).toEqual([]);
  }

  describe('while it catches up', () => {
    it.each<Fault>([
      { kind: 'refuse' },
      { kind: 'hang' },
      { kind: 'cut', after: 0 },
      { kind: 'cut', after: 7 },
      { kind: 'end', after: 60 },
      { kind: 'go quiet', after: 33 },
      { kind: 'redeliver', after: 50, events: 40 },
      { kind: 'refuse', code: 7, details: 'Access Denied' },
    ])('with %j goes on behind the last event', async (fault) => {
      const events = someEvents(100);
      await store.append('s', events, 'no_stream');
      const impatient = await hasty();
      double.faults.once('subscribe', fault);
      expectSound(await until(impatient.subscribe(), caughtUp), events);
    });

    it('survives one fault after the other', async () => {
      const events = someEvents(200);
      await store.append('s', events, 'no_stream');
      for (let i = 0; i < 12; i++)
        double.faults.once('subscribe', { kind: i % 2 ? 'cut' : 'end', after: 5 + i });
      expectSound(await until(store.subscribe(), caughtUp), events);
      expect(notices.at(-1)).toMatchObject({ kind: 'live', restarts: 12 });
    });
  });

  describe('when it is live', () => {
    it.each<Interruption>(['cut', 'end', 'too slow'])(
      'and %s, resumes and says caught-up again',
      async (how) => {
        const [before, after] = [someEvents(3), someEvents(3)];
        await store.append('s', before, 'no_stream');
        const messages: SubscriptionMessage[] = [];
        for await (const message of store.subscribe()) {
          messages.push(message);
          const times = messages.filter(caughtUp).length;
          if (caughtUp(message) && times === 1) {
            await untilTrue(() => double.calls.subscriptions === 1);
            double.faults.interrupt(how);
            await store.append('s', after, 'any').catch(() => store.append('s', after, 'any')); // cut with it
          }
          if (times === 2) break;
        }
        expectSound(messages, [...before, ...after]);
        expect(notices.map(({ kind }) => kind)).toEqual(['live', 'broken', 'catching up', 'live']);
      },
    );

    it('and the server was away, comes back with it', async () => {
      const events = someEvents(6);
      const messages: SubscriptionMessage[] = [];
      for await (const message of store.subscribe()) {
        messages.push(message);
        if (messages.filter(caughtUp).length === 2) break;
        if (caughtUp(message)) {
          await double.stop();
          void untilTrue(() => (store.subscriptions()[0]?.restarts ?? 0) > 2).then(async () => {
            await double.start();
            await store.append('s', events, 'no_stream').catch(() => store.append('s', events, 'no_stream'));
          });
        }
        if (eventsOf(messages).length === events.length) break;
      }
      const rest = events.length - eventsOf(messages).length;
      expectSound(messages, events.slice(0, events.length - rest));
      expect(notices.find(({ kind }) => kind === 'broken')?.reason).toMatch(
        /^EventStoreDB at 127\.0\.0\.1:\d+ /,
      );
    });

    it('and redelivers, delivers once', async () => {
      double.faults.once('subscribe', { kind: 'redeliver', after: 5, events: 4 });
      const events = someEvents(9);
      const messages: SubscriptionMessage[] = [];
      for await (const message of store.subscribe()) {
        messages.push(message);
        if (caughtUp(message) && messages.filter(caughtUp).length === 1)
          for (const event of events) await store.append('s', [event], 'any');
        if (delivered(events.at(-1)?.id)(message)) break;
      }
      expectSound(messages, events);
    });

    it('and falls behind, says caught-up again', async () => {
      double.faults.once('subscribe', { kind: 'fall behind', after: 2 });
      const messages: SubscriptionMessage[] = [];
      for await (const message of store.subscribe()) {
        messages.push(message);
        if (caughtUp(message) && messages.filter(caughtUp).length === 1)
          await store.append('s', someEvents(4), 'any');
        if (messages.filter(caughtUp).length === 2) break;
      }
      expect(eventsOf(messages)).toHaveLength(4);
    });

    it('and goes dead though the connection stands, is found out by what it owes', async () => {
      double.faults.once('subscribe', { kind: 'go quiet', after: 2 });
      const events = someEvents(6);
      await store.append('s', events.slice(0, 2), 'no_stream');
      const impatient = await hasty();
      const messages: SubscriptionMessage[] = [];
      for await (const message of impatient.subscribe()) {
        messages.push(message);
        if (caughtUp(message) && messages.filter(caughtUp).length === 1)
          await store.append('s', events.slice(2), 'any');
        if (delivered(events.at(-1)?.id)(message)) break;
      }
      expectSound(messages, events);
      expect(notices.find(({ kind }) => kind === 'broken')?.reason).toMatch(/went dead/);
    });
  });

  it('is live without the server saying so, and says how far nothing matched', async () => {
    double.faults.always('subscribe', { kind: 'go quiet', after: 0 });
    const { position } = await store.append('s', someEvents(5), 'no_stream');
    const messages = await until(store.subscribe({ filter: { types: [fresh('Kind')] } }), caughtUp);
    expect(messages.map(({ kind }) => kind)).toEqual(['passed', 'caught-up']);
    expect(messages[1]).toEqual({ kind: 'caught-up', position });
  });

  /**
   * A checkpoint between pages is where the next event will be; some releases have put one past the head, when
   * the log ends where a page does.
   */
  it.each([false, true])(
    'passes no event that is still to come (checkpoints past the head: %s)',
    async (checkpointPastHead) => {
      await open({ checkpointPastHead, statisticsEvery: 10_000 });
      const client = EventStoreDBClient.connectionString(double.url);
      const ofTheSystem = (await all(client.readAll())).length;
      await client.dispose();
      await store.append('s', someEvents(WINDOW - ofTheSystem), 'no_stream');
      await expectNothingPassedOver(store);
    },
  );

  it('keeps trying a server that was never there, and ends quietly when told to', async () => {
    await double.stop();
    const stop = new AbortController();
    const nothing = all(store.subscribe({ signal: stop.signal }));
    await untilTrue(() => (store.subscriptions()[0]?.restarts ?? 0) > 3);
    expect(store.subscriptions()).toMatchObject([{ name: 'all events', kind: 'broken', position: null }]);
    stop.abort();
    expect(await nothing).toEqual([]);
    expect(store.subscriptions()).toEqual([]);

    const waiting = until(store.subscribe(), caughtUp);
    await untilTrue(() => store.subscriptions()[0]?.kind === 'broken');
    await double.start();
    await waiting;
  });

  it('ends when it is closed while the server is away', async () => {
    await double.stop();
    const waiting = all(store.subscribe());
    await untilTrue(() => store.subscriptions()[0]?.kind === 'broken');
    await store.close();
    await expect(waiting).rejects.toThrow(StoreUnavailable);
  });

  it('refuses to go on in a log that is not the one it was', async () => {
    await store.append('s', someEvents(50), 'no_stream');
    const { port } = double;
    const following = (async () => {
      for await (const message of store.subscribe())
        if (caughtUp(message)) {
          await double.close();
          opened.unshift(await startEventStoreDbDouble({ port }));
        }
    })();
    await expect(following).rejects.toThrow(RangeError);
  });

  it('asks the server to select: by type before by stream', async () => {
    double.calls.reset();
    const types = ['A.b', 'C|d'];
    await until(store.subscribe({ filter: { types, streamPrefix: 'p-' } }), caughtUp);
    await until(store.subscribe({ filter: { streamPrefix: 'p-' } }), caughtUp);
    const [both, prefix] = double.calls.reads.filter(({ method }) => method === 'subscribe');
    expect(both?.filter).toMatchObject({ on: 'event type', regex: '^(?:A\\.b|C\\|d)$' });
    expect(prefix?.filter).toMatchObject({ on: 'stream name', regex: null, prefixes: ['p-'] });
    expect(store.subscriptions()).toEqual([]);
  });
});

/** From where it has caught up to, a subscription goes on with what was appended next: no more, and no less. */
async function expectNothingPassedOver(store: EventStore): Promise<void> {
  const type = fresh('Awaited');
  for (let i = 0; i < 3; i++) {
    let after: Position | null = null;
    for (const message of await until(store.subscribe({ filter: { types: [type] } }), caughtUp))
      after = message.kind === 'event' ? message.event.position : message.position;
    const awaited = someEvents(1, { type });
    await store.append(fresh('stream'), awaited, 'no_stream');
    const messages = await until(store.subscribe({ after, filter: { types: [type] } }), caughtUp);
    expect(ids(eventsOf(messages))).toEqual(ids(awaited));
  }
}

describe(`a subscription to ${serverName}`, () => {
  let server: ServerUnderTest;
  let store: EventStore;
  beforeAll(async () => {
    server = await serverUnderTest();
    store = await server.connect();
  });
  afterAll(() => server.close());

  it('passes no event that is still to come', () => expectNothingPassedOver(store));

  it('starts at a place that is between two events', async () => {
    const [type, events] = [fresh('Kind'), someEvents(4)];
    const positions = [];
    for (const event of events)
      positions.push((await store.append(fresh('stream'), [{ ...event, type }], 'any')).position);
    const after = (positions[1] ?? 0n) + 3n;
    const messages = await until(store.subscribe({ after, filter: { types: [type] } }), caughtUp);
    expect(ids(eventsOf(messages))).toEqual(ids(events.slice(2)));
  });

  it('takes types and prefixes by the letter, and of both what both let through', async () => {
    const [prefix, mark] = [`${fresh('p')}.*`, fresh('T')];
    const odd = `${mark}.[x](y)|$^+?{2}\\d`;
    const appended: [string, string][] = [
      [`${prefix}1`, odd],
      [`${prefix}1`, `${mark}zx`],
      [`${prefix}2`, `${mark}.[x]`],
      [fresh('other'), odd],
    ];
    for (const [stream, type] of appended) await store.append(stream, someEvents(1, { type }), 'any');
    const seen = async (filter: { types?: string[]; streamPrefix?: string }): Promise<number[]> =>
      eventsOf(await until(store.subscribe({ filter }), caughtUp)).map(({ stream, type }) =>
        appended.findIndex((one) => one[0] === stream && one[1] === type),
      );
    expect(await seen({ types: [odd] })).toEqual([0, 3]);
    expect(await seen({ types: [odd, `${mark}.[x]`], streamPrefix: prefix })).toEqual([0, 2]);
    expect(await seen({ streamPrefix: prefix })).toEqual([0, 1, 2]);
    expect(await seen({ types: [] })).toEqual([]);
    expect(await seen({ types: ['$metadata'] })).toEqual([]);
  });
});
