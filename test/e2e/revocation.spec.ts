/** A key that is revoked ends what it has open, through whichever process it was revoked. */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '#event-store/port.js';
import { EventSource, type Message } from '#test/support/event-source.js';
import { startTouchstone, until, type KeyRole, type Touchstone } from '#test/support/touchstone.js';

let touchstone: Touchstone;
let other: Touchstone;
beforeAll(async () => {
  touchstone = await startTouchstone();
  other = await startTouchstone({ folder: touchstone.folder, keys: touchstone.keys });
});
afterAll(async () => {
  await other.stop();
  await touchstone.stop();
});

interface Key {
  readonly keyId: string;
  readonly key: string;
}

async function issue(role: KeyRole): Promise<Key> {
  const { body } = await touchstone.post('/v1/api-keys', { role, label: 'test' }, 'admin').expect(201);
  return body as Key;
}
const revoke = ({ keyId }: Key, through = touchstone) =>
  through.post(`/v1/api-keys/${keyId}/revoke`, undefined, 'admin').expect(201);

const THROUGH = [
  ['this process', () => touchstone],
  ['another process', () => other],
] as const;

/** The messages of the stream until it ends. */
async function rest(source: EventSource): Promise<Message[]> {
  const messages: Message[] = [];
  for (let message = await source.next(); message !== null; message = await source.next())
    messages.push(message);
  return messages;
}

describe.each(THROUGH)('A stream of events whose key is revoked through %s', (_, through) => {
  it('ends at once, says why, and shows nothing more', async () => {
    const key = await issue('auditor');
    const source = await EventSource.open(`${touchstone.url}/v1/events?after=head`, key.key);
    await source.until('caught-up');
    await revoke(key, through());
    await touchstone.post('/v1/customers', { kind: 'person', name: 'Grace Hopper' }).expect(201);
    const said = await rest(source); // nothing is silent for as long as a heartbeat takes
    expect(said.at(-1)).toMatchObject({ event: 'revoked' });
    expect(JSON.parse(said.at(-1)?.data ?? '')).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(JSON.stringify(said)).not.toMatch(/Grace Hopper|still here/);
    await expect(EventSource.open(`${touchstone.url}/v1/events`, key.key)).rejects.toThrow('401');
  });
});

describe('The streams of other keys', () => {
  it('go on', async () => {
    const [one, two] = [await issue('auditor'), await issue('auditor')];
    const source = await EventSource.open(`${touchstone.url}/v1/events?after=head`, two.key);
    await source.until('caught-up');
    await revoke(one);
    const messages = await source.until('ApiKeyRevoked');
    expect(messages.map(({ event }) => event)).not.toContain('revoked');
    source.close();
  });
});

interface Answered {
  readonly line: number;
  readonly status: string;
  readonly problem?: { readonly status: number; readonly code: string };
}

function importing(key: Key) {
  const headers = { authorization: `Bearer ${key.key}`, 'content-type': 'application/x-ndjson' };
  const sent = request(`${touchstone.url}/v1/import`, { method: 'POST', headers });
  sent.on('error', () => undefined); // the server does not take what is sent after the end
  const answer = once(sent, 'response').then(([response]) => response as IncomingMessage);
  let text = '';
  const ended = answer.then(async (response) => {
    for await (const chunk of response) text += String(chunk);
  });
  const answers = (): Answered[] =>
    text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Answered); // prettier-ignore
  return { sent, answers, ended };
}
const lines = (name: string, count: number): string =>
  Array.from({ length: count }, (_, n) => ({
    kind: 'customer',
    key: `${name}-${n}`,
    data: { kind: 'person' },
  }))
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
const stored = (): Promise<number> =>
  touchstone.stores.eventStore.count({ filter: { types: ['CustomerRegistered'] } });

describe.each(THROUGH)('An import whose key is revoked through %s', (_, through) => {
  it('says so in its last line although its sender is silent, and records nothing more', async () => {
    const key = await issue('back-office');
    const { sent, answers, ended } = importing(key);
    sent.write(lines(`silent-${key.keyId}`, 3));
    await until(() => answers().length === 3);
    const before = await stored();
    await revoke(key, through());
    await ended;
    expect(answers().map(({ line, status }) => [line, status])).toEqual([
      [1, 'recorded'],
      [2, 'recorded'],
      [3, 'recorded'],
      [4, 'stopped'],
    ]);
    expect(answers()[3]?.problem).toMatchObject({ status: 401, code: 'unauthenticated' });
    sent.write(lines(`late-${key.keyId}`, 3));
    sent.destroy();
    await touchstone.post('/v1/customers', { kind: 'person' }).expect(201); // what was sent before it has been read
    expect(await stored()).toBe(before + 1);
  });
});

describe('An import under way', () => {
  it('answers the lines that were taken when its key is revoked, each once and in order', async () => {
    const key = await issue('back-office');
    const { sent, answers, ended } = importing(key);
    let sending = true;
    const send = (n: number): void => {
      while (sending && sent.write(lines(`busy-${n}`, 200))) n++;
      if (sending) sent.once('drain', () => send(n + 1));
    };
    send(0);
    await until(() => answers().length > 100);
    await revoke(key);
    await ended;
    sending = false;
    sent.destroy();
    const all = answers();
    expect(all.map(({ line }) => line)).toEqual(all.map((_, place) => place + 1));
    expect(all.at(-1)).toMatchObject({ status: 'stopped', problem: { code: 'unauthenticated' } });
    expect(new Set(all.slice(0, -1).map(({ status }) => status))).toEqual(new Set(['recorded']));
  });
});

let mend = (): void => undefined;
afterEach(() => mend());
/** Lets the log give one event, and the others once it is told to go on. */
function holdBack(method: 'readAll' | 'readStream'): { readonly begun: Promise<void>; goOn(): void } {
  const { eventStore } = touchstone.stores;
  let begin = (): void => undefined;
  let goOn = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const free = new Promise<void>((resolve) => (goOn = resolve));
  const real = eventStore[method].bind(eventStore) as (
    ...parameters: unknown[]
  ) => AsyncIterable<StoredEvent>;
  eventStore[method] = async function* (...parameters: unknown[]) {
    for await (const event of real(...parameters)) {
      yield event;
      begin();
      await free;
    }
  };
  mend = () => void Reflect.deleteProperty(eventStore, method);
  return { begun, goOn };
}

describe('Reading the log', () => {
  it('is answered 401 when the key is revoked before the log is verified', async () => {
    const key = await issue('auditor');
    const { begun, goOn } = holdBack('readAll');
    const asked = fetch(`${touchstone.url}/v1/audit/verify`, {
      headers: { authorization: `Bearer ${key.key}` },
    });
    await begun;
    await revoke(key);
    goOn();
    const answer = await asked;
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Bearer'),
    ]);
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated' });
  });

  it("is cut off when the key is revoked while a customer's events are exported", async () => {
    const { body } = await touchstone.post('/v1/customers', { kind: 'person' }).expect(201);
    const { customerId } = body as { customerId: string };
    for (const tag of ['one', 'two'])
      await touchstone.post(`/v1/customers/${customerId}/tags`, { tag }).expect(201);
    const key = await issue('auditor');
    await until(async () => {
      const { status } = await fetch(`${touchstone.url}/v1/nothing`, {
        headers: { authorization: `Bearer ${key.key}` },
      });
      return status === 404;
    });
    const { begun, goOn } = holdBack('readStream');
    const answer = await fetch(`${touchstone.url}/v1/audit/customers/${customerId}/export`, {
      headers: { authorization: `Bearer ${key.key}` },
    });
    await begun;
    await revoke(key, other); // this process reads the access log by the method that is held back
    await until(async () => {
      const { status } = await fetch(`${touchstone.url}/v1/nothing`, {
        headers: { authorization: `Bearer ${key.key}` },
      });
      return status === 401;
    });
    goOn();
    await expect(answer.text()).rejects.toThrow(); // an end in order would pass for the whole
  });
});
