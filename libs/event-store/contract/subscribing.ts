/** Subscribing: catching up, saying so, going on live; filters, slow consumers, ends. */
import { describe, expect, it } from '@jest/globals';
import type { StoreUnderTest } from '../contract.js';
import { markOf, type Mark } from '../mark.js';
import {
  OtherLog,
  StoreUnavailable,
  type EventStore,
  type Position,
  type SubscriptionMessage,
} from '../port.js';
import {
  all,
  anEvent,
  caughtUp,
  delivered,
  disorder,
  eventsOf,
  fresh,
  ids,
  jsonOf,
  someEvents,
  turn,
  usedMemory,
  until,
} from './fixtures.js';

export function subscribing(underTest: () => StoreUnderTest): void {
  const store = (): EventStore => underTest().store;

  describe('a subscription', () => {
    it('delivers what there is, says that it has caught up, and goes on with what comes', async () => {
      const type = fresh('Kind');
      const [old, live] = [someEvents(1000, { type }), someEvents(3, { type })];
      const { position } = await store().append(fresh('stream'), old, 'no_stream');
      const messages: SubscriptionMessage[] = [];
      for await (const message of store().subscribe({ filter: { types: [type] } })) {
        messages.push(message);
        if (caughtUp(message)) await store().append(fresh('stream'), live, 'any');
        if (delivered(live[2]?.id)(message)) break;
      }
      const seam = messages.findIndex(caughtUp);
      expect(ids(eventsOf(messages.slice(0, seam)))).toEqual(ids(old));
      expect(messages[seam]).toMatchObject({ kind: 'caught-up' });
      expect(positionOf(messages[seam])).toBeGreaterThanOrEqual(position);
      expect(ids(eventsOf(messages.slice(seam)))).toEqual(ids(live));
    });

    it('starts after the position it is given, which may be the head', async () => {
      const type = fresh('Kind');
      const first = await store().append(fresh('stream'), [anEvent({ type })], 'no_stream');
      const next = anEvent({ type });
      const messages: SubscriptionMessage[] = [];
      for await (const message of store().subscribe({ after: first.position, filter: { types: [type] } })) {
        messages.push(message);
        if (caughtUp(message)) await store().append(fresh('stream'), [next], 'no_stream');
        if (delivered(next.id)(message)) break;
      }
      expect(ids(eventsOf(messages))).toEqual([next.id]);
    });

    it('refuses a position that the log has not reached', async () => {
      const head = await store().head();
      await expect(all(store().subscribe({ after: (head ?? 0n) + 1_000_000_000_000n }))).rejects.toThrow(
        OtherLog,
      );
    });

    it('refuses a mark that the log does not have, and goes on behind one that it has', async () => {
      const { position: after } = await store().append(fresh('stream'), [anEvent()], 'no_stream');
      let mark: Mark | undefined;
      for await (const event of store().readAll({ after: after - 1n, to: after })) mark = markOf(event);
      const next = anEvent();
      await store().append(fresh('stream'), [next], 'no_stream');
      for (const other of [{ id: anEvent().id }, { hash: 'f'.repeat(64) }])
        await expect(all(store().subscribe({ after, mark: { ...mark!, ...other } }))).rejects.toThrow(
          OtherLog,
        ); // it was found
      for await (const message of store().subscribe({ after, mark: mark! }))
        if (delivered(next.id)(message)) break;
    });

    it('sees the appends of another connection', async () => {
      const other = await underTest().connect();
      const event = anEvent();
      const after = await store().head();
      for await (const message of store().subscribe({ after })) {
        if (caughtUp(message)) await other.append(fresh('stream'), [event], 'no_stream');
        if (delivered(event.id)(message)) break;
      }
    });

    it('says how far it has looked when nothing matches, and never past a match', async () => {
      const type = fresh('Kind');
      const stop = new AbortController();
      const start = (await store().append(fresh('stream'), someEvents(1), 'no_stream')).position;
      const match = anEvent({ type });
      let matched: Position | undefined;
      const messages: SubscriptionMessage[] = [];
      const noise = keepAppending(store(), stop.signal);
      for await (const message of store().subscribe({ after: start, filter: { types: [type] } })) {
        messages.push(message);
        if (message.kind === 'passed' && matched === undefined)
          matched = (await store().append(fresh('stream'), [match], 'no_stream')).position;
        if (message.kind === 'passed' && matched !== undefined && message.position > matched) break;
      }
      stop.abort();
      await noise;
      expect(ids(eventsOf(messages))).toEqual([match.id]);
      const positions = messages
        .filter(({ kind }) => kind !== 'caught-up')
        .flatMap((message) => positionOf(message) ?? []);
      expect(disorder(positions)).toEqual([]);
    });

    it('ends without an error when its signal aborts: before, while waiting, while delivering', async () => {
      expect(await all(store().subscribe({ signal: AbortSignal.abort() }))).toEqual([]);

      const waiting = new AbortController();
      const after = await store().head();
      let live = false;
      for await (const message of store().subscribe({ after, signal: waiting.signal })) {
        live ||= caughtUp(message);
        if (live) setImmediate(() => waiting.abort());
      }
      expect(live).toBe(true);

      const delivering = new AbortController();
      await store().append(fresh('stream'), someEvents(10), 'no_stream');
      const taken: SubscriptionMessage[] = [];
      for await (const message of store().subscribe({ signal: delivering.signal })) {
        taken.push(message);
        delivering.abort();
      }
      expect(taken).toHaveLength(1);
    });

    it('fails when its store is closed', async () => {
      const closing = await underTest().connect();
      const subscription = (async () => {
        for await (const message of closing.subscribe())
          if (caughtUp(message)) setImmediate(() => void closing.close());
      })();
      await expect(subscription).rejects.toThrow(StoreUnavailable);
    });

    it('is one of several, each at its own pace', async () => {
      const type = fresh('Kind');
      const events = someEvents(900, { type });
      const last = events.at(-1)?.id;
      const filter = { types: [type] };
      const fast = [1, 2, 3].map(() => until(store().subscribe({ filter }), delivered(last)));
      const slow = (async () => {
        const taken: string[] = [];
        for await (const message of store().subscribe({ filter })) {
          if (message.kind === 'event') taken.push(message.event.id);
          await turn();
          if (delivered(last)(message)) break;
        }
        return taken;
      })();
      const stream = fresh('stream');
      for (let i = 0; i < events.length; i += 90)
        await store().append(stream, events.slice(i, i + 90), 'any');
      for (const messages of await Promise.all(fast)) expect(ids(eventsOf(messages))).toEqual(ids(events));
      expect(await slow).toEqual(ids(events));
    });

    it('does not read ahead of a consumer that does not take', async () => {
      const type = fresh('Kind');
      const messages = store().subscribe({ after: await store().head(), filter: { types: [type] } });
      const subscription = messages[Symbol.asyncIterator]();
      await subscription.next();
      const before = usedMemory();
      const appended: string[] = [];
      for (let i = 0; i < 40; i++) {
        const events = someEvents(2, { type, data: jsonOf(500_000) });
        await store().append(fresh('stream'), events, 'no_stream');
        appended.push(...ids(events));
      }
      expect(usedMemory() - before).toBeLessThan(15_000_000); // of the 40,000,000 bytes that wait
      const taken: SubscriptionMessage[] = [];
      while (eventsOf(taken).length < appended.length) {
        const { value, done } = await subscription.next();
        if (done) break;
        taken.push(value);
      }
      await subscription.return?.();
      expect(ids(eventsOf(taken))).toEqual(appended);
    });
  });
}

const positionOf = (message: SubscriptionMessage | undefined): Position | null | undefined =>
  message?.kind === 'event' ? message.event.position : message?.position;

/** Appends events nobody asks for until it is told to stop. */
async function keepAppending(store: EventStore, stop: AbortSignal): Promise<void> {
  const stream = fresh('noise');
  while (!stop.aborted) await store.append(stream, someEvents(20), 'any');
}
