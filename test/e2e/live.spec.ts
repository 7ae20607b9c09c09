import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSource, type Message } from '#test/support/event-source.js';
import { startTouchstone, until, type KeyRole, type Touchstone } from '#test/support/touchstone.js';

let touchstone: Touchstone;
let first: string;
let second: string;

const open: EventSource[] = [];
const follow = async (
  query = '',
  role: KeyRole = 'auditor',
  headers?: Record<string, string>,
  from = touchstone,
): Promise<EventSource> => {
  const source = await EventSource.open(`${from.url}/v1/events${query}`, from.keys[role], headers);
  open.push(source);
  return source;
};

const register = async (name: string, externalId?: string): Promise<string> => {
  const body = {
    kind: 'person',
    name,
    ...(externalId && { externalId: { source: 's', value: externalId } }),
  };
  const answer = await touchstone.post('/v1/customers', body).expect(201);
  return (answer.body as { customerId: string }).customerId;
};
const tag = (customer: string, name: string) =>
  touchstone.post(`/v1/customers/${customer}/tags`, { tag: name }).expect(201);

const types = (messages: readonly Message[]): (string | undefined)[] => messages.map(({ event }) => event);
const bodyOf = (message: Message | null | undefined) =>
  JSON.parse(message?.data ?? 'null') as { type: string; position: string; stream: string; data: Record<string, unknown>; masked?: true }; // prettier-ignore

beforeAll(async () => {
  touchstone = await startTouchstone();
  first = await register('Katherine Johnson');
  second = await register('Dorothy Vaughan');
  await tag(first, 'orbit');
  await tag(second, 'tables');
});
afterEach(() => {
  for (const source of open.splice(0)) source.close();
});
afterAll(() => touchstone.stop());

describe('Following the log', () => {
  it('gives every event from the beginning, then says that it has caught up', async () => {
    const source = await follow();
    expect(source.answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const messages = await source.until('caught-up');
    const positions: string[] = [];
    for await (const { position } of touchstone.stores.eventStore.readAll()) positions.push(String(position));
    expect(messages.map(({ id }) => id)).toEqual([...positions, positions.at(-1)]);
    const registered = messages.find(({ event }) => event === 'CustomerRegistered');
    expect(bodyOf(registered)).toMatchObject({
      type: 'CustomerRegistered',
      position: registered?.id,
      data: { name: 'Katherine Johnson' },
    });
  });

  it('gives what happens as it happens', async () => {
    const source = await follow('?after=head');
    expect(types(await source.until('caught-up'))).toEqual(['caught-up']);
    await tag(first, 'capsule');
    expect(bodyOf(await source.next())).toMatchObject({ type: 'TagAdded', data: { tag: 'capsule' } });
  });

  it('goes on behind the position that a reader comes back with', async () => {
    const [one, two, ...rest] = await (await follow()).until('caught-up');
    const resumed = await follow('?after=head', 'auditor', { 'last-event-id': two!.id! });
    expect(await resumed.until('caught-up')).toEqual(rest);
    expect(await (await follow(`?after=${one!.id}`)).until('caught-up')).toEqual([two, ...rest]);
  });

  it('gives only the types that are asked for', async () => {
    for (const query of ['?type=TagAdded,TagRemoved', '?type=TagAdded&type=TagRemoved', '?type=TagAdded']) {
      const messages = await (await follow(query)).until('caught-up');
      expect(new Set(types(messages))).toEqual(new Set(['TagAdded', 'caught-up']));
    }
  });

  it('gives only the events of the customer who is asked for', async () => {
    const messages = await (await follow(`?customer=${second}`)).until('caught-up');
    expect(types(messages)).toEqual(['CustomerRegistered', 'TagAdded', 'caught-up']);
    for (const message of messages.slice(0, -1)) expect(bodyOf(message).stream).toBe(`customer-${second}`);
  });

  it('does not take one customer for another whose id begins the same', async () => {
    const event = {
      id: '00000000-0000-8000-8000-000000000009',
      type: 'TagAdded',
      data: '{}',
      metadata: '{}',
    };
    await touchstone.stores.eventStore.append(`customer-${second}-more`, [event], 'any');
    const messages = await (await follow(`?customer=${second}`)).until('caught-up');
    expect(messages.map(({ data }) => data).join()).not.toContain(event.id);
  });

  it('shows an analyst no personal fields, and neither them nor the back office who may come in', async () => {
    const seen = await (await follow('', 'analyst')).until('caught-up');
    expect(JSON.stringify(seen)).not.toMatch(/Katherine|Dorothy/);
    expect(bodyOf(seen.find(({ event }) => event === 'CustomerRegistered')).masked).toBe(true);
    expect(types(seen)).not.toContain('ApiKeyIssued');
    expect(types(await (await follow('', 'back-office')).until('caught-up'))).not.toContain('ApiKeyIssued');
    expect(types(await (await follow('', 'admin')).until('caught-up'))).toContain('ApiKeyIssued');
  });

  it('refuses a place that is none, a type that is none, and a place behind the end', async () => {
    for (const query of ['after=soon', 'type=Nonsense', 'after=-1'])
      await touchstone.get(`/v1/events?${query}`).expect(400);
    await touchstone.get('/v1/events').set('last-event-id', 'x').expect(400);
    const { body } = await touchstone.get('/v1/events?after=999999').expect(409);
    expect(body).toMatchObject({ code: 'log.shorter' });
    await touchstone.get('/v1/events', null).expect(401);
  });

  it('ends what it read with when the reader goes away', async () => {
    const { stores } = touchstone;
    let following = 0;
    const { subscribe } = stores.eventStore;
    stores.eventStore.subscribe = async function* (options) {
      following++;
      try {
        yield* subscribe.call(stores.eventStore, options);
      } finally {
        following--;
      }
    };
    try {
      const source = await follow('?after=head');
      await source.until('caught-up');
      expect(following).toBe(1);
      source.close();
      await until(() => following === 0);
    } finally {
      stores.eventStore.subscribe = subscribe;
    }
  });

  it('makes no more text than its reader takes', async () => {
    const { eventStore } = touchstone.stores;
    const stream = 'customer-many-events';
    const data = JSON.stringify({ tag: 'x'.repeat(100_000) });
    for (let i = 0; i < 400; i++) {
      const id = `00000000-0000-8000-9000-${String(i).padStart(12, '0')}`;
      await eventStore.append(stream, [{ id, type: 'TagAdded', data, metadata: '{}' }], 'any');
    }
    let read = 0;
    const { subscribe } = eventStore;
    eventStore.subscribe = async function* (options) {
      for await (const message of subscribe.call(eventStore, options)) {
        read++;
        yield message;
      }
    };
    try {
      const source = await follow('?customer=many-events');
      let before = -1;
      await until(async () => {
        if (read > 0 && read === before) return true; // it has stopped reading by itself
        before = read;
        for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
        return false;
      });
      expect(read).toBeLessThan(400);
      await source.until('caught-up');
      expect(read).toBeGreaterThanOrEqual(400);
    } finally {
      eventStore.subscribe = subscribe;
    }
  });
});

describe('When the server stops', () => {
  it('its streams end, and it does not wait for their readers', async () => {
    const stopping = await startTouchstone();
    const sources = await Promise.all([
      follow('', 'auditor', {}, stopping),
      follow('?after=head', 'admin', {}, stopping),
    ]);
    for (const source of sources) await source.until('caught-up');
    const ended = sources.map((source) => source.next());
    await stopping.stop();
    expect(await Promise.all(ended)).toEqual([null, null]);
  });
});
