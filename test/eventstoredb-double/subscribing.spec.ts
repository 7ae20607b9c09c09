import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  END,
  eventTypeFilter,
  excludeSystemEvents,
  streamNameFilter,
  type AllStreamSubscription,
  type Filter,
  type Position,
} from '@eventstore/db-client';
import { until } from '../support/until.js';
import { all, BY_APPEND, caughtUp, event, events, fresh, hear, ids, openRig, type Rig } from './fixtures.js';

let rig: Rig;
beforeAll(async () => void (rig = await openRig({ statisticsEvery: 7 })));
afterAll(() => rig.close());

const append = async (stream: string, what: ReturnType<typeof events>) =>
  (await rig.client.appendToStream(stream, what, BY_APPEND)).position ?? { commit: 0n, prepare: 0n };

describe('a subscription to $all', () => {
  it('delivers what there is, says caught-up once, and goes on with what comes', async () => {
    const type = fresh('Kind');
    const [old, live] = [events(70, type), events(3, type)];
    await append(fresh('stream'), old);
    const heard = hear(rig.client.subscribeToAll({ filter: eventTypeFilter({ regex: `^${type}$` }) }));
    await caughtUp(heard);
    await append(fresh('stream'), live);
    await until(() => heard.events.length === 73);
    expect(heard.said).toEqual([...old.map(({ id }) => id), 'caught up', ...live.map(({ id }) => id)]);
  });

  it('without a filter has system events, and none with one that excludes them', async () => {
    await append(fresh('stream'), events(10));
    const [everything, ours] = [
      hear(rig.client.subscribeToAll()),
      hear(rig.client.subscribeToAll({ filter: excludeSystemEvents() })),
    ];
    await Promise.all([caughtUp(everything), caughtUp(ours)]);
    const types = (heard: typeof ours) => heard.events.map(({ event }) => event?.type ?? '');
    expect(types(everything)).toContain('$statsCollected');
    expect(types(ours)).toEqual(types(everything).filter((type) => !type.startsWith('$')));
  });

  it.each<[string, (name: string, type: string) => Filter, number[]]>([
    ['stream prefixes', (name) => streamNameFilter({ prefixes: [`${name}-a`, `${name}-b`] }), [0, 1]],
    ['a regular expression for streams', (name) => streamNameFilter({ regex: `^${name}-[bc]$` }), [1, 2]],
    ['type prefixes', (_, type) => eventTypeFilter({ prefixes: [`${type}-x`] }), [0, 2]],
    ['a regular expression that is not anchored', (_, type) => eventTypeFilter({ regex: `${type}-y` }), [1]],
    ['no prefixes', () => eventTypeFilter({ prefixes: [] }), []],
  ])('is filtered by %s', async (_, filterOf, expected) => {
    const [name, type] = [fresh('stream'), fresh('Kind')];
    const what = [event(`${type}-x`), event(`${type}-y`), event(`${type}-x`)];
    for (const [i, suffix] of ['a', 'b', 'c'].entries())
      await append(`${name}-${suffix}`, what.slice(i, i + 1));
    const heard = hear(rig.client.subscribeToAll({ filter: filterOf(name, type) }));
    await caughtUp(heard);
    expect(heard.said).toEqual([...expected.map((i) => what[i]?.id), 'caught up']);
  });

  it('starts after the position it is given, which may be the head, the end or a checkpoint', async () => {
    const type = fresh('Kind');
    const filter = eventTypeFilter({ prefixes: [type] });
    const position = await append(fresh('stream'), events(2, type));
    const next = event(type);
    const before = { commit: position.commit, prepare: 0n };
    const starts = [position, before, END] as const;
    const heard = starts.map((fromPosition) => hear(rig.client.subscribeToAll({ fromPosition, filter })));
    await Promise.all(heard.map((one) => caughtUp(one)));
    await append(fresh('stream'), [next]);
    await until(() => heard.every(({ said }) => said.includes(next.id)));
    expect(heard.map(({ events }) => events.length)).toEqual([1, 2, 1]);
  });

  it('is refused between two positions, and skips what it did not ask for beyond the head', async () => {
    const { commit } = await append(fresh('stream'), events(1));
    const between = { commit: commit - 1n, prepare: commit - 1n };
    await expect(all(rig.client.subscribeToAll({ fromPosition: between }))).rejects.toThrow(
      'invalid position',
    );
    const beyond = { commit: commit + 1_000_000n, prepare: commit + 1_000_000n };
    const heard = hear(rig.client.subscribeToAll({ fromPosition: beyond }));
    await caughtUp(heard);
    await append(fresh('stream'), events(1));
    await heard.subscription.unsubscribe();
    expect(heard.events).toEqual([]);
  });

  it('with a filter says how far it has looked: live at every so many records', async () => {
    const checkpoints: Position[] = [];
    const checkpointReached = (_: AllStreamSubscription, position: Position) =>
      void checkpoints.push(position);
    const filter = eventTypeFilter({
      prefixes: ['Never'],
      maxSearchWindow: 5,
      checkpointInterval: 2,
      checkpointReached,
    });
    const heard = hear(rig.client.subscribeToAll({ fromPosition: END, filter }));
    await caughtUp(heard);
    const before = await append(fresh('stream'), events(1));
    const stream = fresh('stream');
    for (let i = 0; i < 24; i++) await append(stream, events(1));
    await until(() => checkpoints.length >= 2);
    for (const { commit, prepare } of checkpoints) expect(prepare).toBe(commit);
    expect(checkpoints[0]?.commit).toBeGreaterThan(before.commit);
    const between = await all(rig.client.readAll({ fromPosition: checkpoints[0] ?? END }));
    expect(
      ids(between).indexOf(ids(await all(rig.client.readAll({ fromPosition: checkpoints[1] ?? END })))[0]),
    ).toBe(10);
  });

  it('with a filter says while catching up where its page began, which is no event of its own', async () => {
    const checkpoints: Position[] = [];
    const checkpointReached = (_: AllStreamSubscription, position: Position) =>
      void checkpoints.push(position);
    const fromPosition = await append(fresh('stream'), events(1));
    await append(fresh('stream'), events(200));
    const filter = eventTypeFilter({ prefixes: ['Never'], checkpointReached });
    const heard = hear(rig.client.subscribeToAll({ fromPosition, filter }));
    await caughtUp(heard);
    expect(checkpoints.length).toBeGreaterThan(5);
    expect(checkpoints.slice(1).map(({ prepare }) => prepare)).toContain(0n);
    checkpoints.forEach(({ commit }, i) => expect(commit).toBeGreaterThan(checkpoints[i - 1]?.commit ?? 0n));
  });

  it('from the start, when nothing matched, has its checkpoint nowhere, and then no other', async () => {
    const empty = await openRig();
    const checkpoints: Position[] = [];
    const checkpointReached = (_: AllStreamSubscription, position: Position) =>
      void checkpoints.push(position);
    const filter = eventTypeFilter({ prefixes: ['Never'], checkpointReached });
    const heard = hear(empty.client.subscribeToAll({ filter }));
    await caughtUp(heard);
    await empty.client.appendToStream('stream', events(100));
    await empty.client.appendToStream('stream', events(1, 'Never before'));
    await until(() => heard.events.length === 1);
    const nowhere = 2n ** 64n - 1n;
    expect(checkpoints).toEqual([{ commit: nowhere, prepare: nowhere }]);
    await empty.close();
  });

  it('may put its checkpoint where the next event will be, as some releases did', async () => {
    const odd = await openRig({ checkpointPastHead: true });
    const checkpoints: Position[] = [];
    const checkpointReached = (_: AllStreamSubscription, position: Position) =>
      void checkpoints.push(position);
    // The page is full of matches when the log ends, so the next one is empty.
    await odd.client.appendToStream('stream', events(32, 'Kind'));
    const filter = eventTypeFilter({ prefixes: ['Kind'], maxSearchWindow: 64, checkpointReached });
    const heard = hear(odd.client.subscribeToAll({ filter }));
    await caughtUp(heard);
    const { position } = await odd.client.appendToStream('stream', events(1, 'Kind'));
    await until(() => heard.events.length === 33);
    expect(checkpoints.at(-1)).toEqual({ commit: position?.commit, prepare: 0n });
    await odd.close();
  });

  it('falls behind a flood, reads it from the log, and says caught-up again', async () => {
    const type = fresh('Kind');
    const heard = hear(
      rig.client.subscribeToAll({ fromPosition: END, filter: eventTypeFilter({ prefixes: [type] }) }),
    );
    await caughtUp(heard);
    const flood = events(500, type);
    await append(fresh('stream'), flood);
    await caughtUp(heard, 2);
    expect(ids(heard.events)).toEqual(flood.map(({ id }) => id));
  });

  it('is one of several that run, and is gone when it is unsubscribed', async () => {
    const before = rig.double.calls.subscriptions;
    const heard = [hear(rig.client.subscribeToAll()), hear(rig.client.subscribeToAll())];
    await Promise.all(heard.map((one) => caughtUp(one)));
    expect(rig.double.calls.subscriptions).toBe(before + 2);
    for (const { subscription } of heard) await subscription.unsubscribe();
    await until(() => rig.double.calls.subscriptions === before);
  });
});

it('a subscription to a stream waits for it to begin, and follows it', async () => {
  const stream = fresh('stream');
  const subscription = rig.client.subscribeToStream(stream);
  const heard: (string | undefined)[] = [];
  subscription.on('data', ({ event }) => heard.push(event?.id)).on('caughtUp', () => heard.push('caught up'));
  await until(() => heard.includes('caught up'));
  const what = events(3);
  await append(stream, what);
  await until(() => heard.length === 4);
  expect(heard).toEqual(['caught up', ...what.map(({ id }) => id)]);
  await subscription.unsubscribe();
});
