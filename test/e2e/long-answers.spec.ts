/** Long answers are bounded: how many a key has at once, and what one holds while nobody reads it. */
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTouchstone, until, type KeyRole, type Touchstone } from '#test/support/touchstone.js';

let touchstone: Touchstone;
beforeAll(async () => {
  touchstone = await startTouchstone();
});
afterAll(() => touchstone.stop());

const MOST = 10;
const open: ClientRequest[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.destroy();
});

/** The answer's head; its rest is read by nobody unless the test does. */
async function begin(
  method: 'GET' | 'POST',
  path: string,
  role: KeyRole,
  body?: object,
): Promise<IncomingMessage> {
  const headers = {
    authorization: `Bearer ${touchstone.keys[role]}`,
    ...(method === 'POST' && { 'content-type': 'application/x-ndjson' }),
  };
  const sent = request(touchstone.url + path, { method, headers, agent: false });
  sent.on('error', () => undefined); // destroyed in the end
  open.push(sent);
  if (body === undefined) sent.end();
  else sent.write(`${JSON.stringify(body)}\n`);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  return answer;
}
const line = (n: number) => ({ kind: 'customer', key: `at-once-${n}`, data: { kind: 'person' } });

describe('Of one API key', () => {
  it('ten streams of events are open at once, and an eleventh once one is closed', async () => {
    for (let n = 0; n < MOST; n++) expect((await begin('GET', '/v1/events', 'auditor')).statusCode).toBe(200);
    const refused = await touchstone.get('/v1/events', 'auditor').expect(429);
    expect(refused.body).toMatchObject({ code: 'too_many_streams' });
    expect(refused.headers).toHaveProperty('retry-after');
    await touchstone.get('/v1/audit/verify', 'auditor').expect(200);
    expect((await begin('GET', '/v1/events', 'admin')).statusCode).toBe(200);
    open[0]?.destroy();
    await until(async () => (await begin('GET', '/v1/events', 'auditor')).statusCode === 200);
  });

  it('ten imports are under way at once, and an eleventh records nothing', async () => {
    for (let n = 0; n < MOST; n++)
      expect((await begin('POST', '/v1/import', 'back-office', line(n))).statusCode).toBe(200);
    const before = await touchstone.stores.eventStore.count();
    const refused = await begin('POST', '/v1/import', 'back-office', line(MOST));
    expect(refused.statusCode).toBe(429);
    open[0]?.destroy();
    await until(
      async () => (await begin('POST', '/v1/import', 'back-office', line(0))).statusCode === 200, // again: a duplicate
    );
    expect(await touchstone.stores.eventStore.count()).toBe(before);
  });
});

describe('Ten streams that nobody reads', () => {
  it('read no more of the log when it grows', async () => {
    const { eventStore } = touchstone.stores;
    const data = JSON.stringify({ tag: 'x'.repeat(100_000) });
    let appended = 0;
    const append = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) {
        const id = `00000000-0000-8000-9000-${String(appended++).padStart(12, '0')}`;
        await eventStore.append(
          'customer-never-read',
          [{ id, type: 'TagAdded', data, metadata: '{}' }],
          'any',
        );
      }
    };
    let read = 0;
    const { subscribe } = eventStore;
    eventStore.subscribe = async function* (options) {
      for await (const message of subscribe.call(eventStore, options)) {
        if (options?.filter?.streamPrefix === 'customer-never-read') read++; // the views follow the log too
        yield message;
      }
    };
    /** How many events were read once no more are. */
    const atRest = async (): Promise<number> => {
      let [before, still] = [0, 0];
      await until(() => {
        still = read > 0 && read === before ? still + 1 : 0;
        before = read;
        return still === 50;
      });
      return read;
    };
    try {
      await append(200);
      for (let n = 0; n < MOST; n++) await begin('GET', '/v1/events?customer=never-read', 'auditor');
      const first = await atRest();
      expect(first).toBeLessThan(MOST * 200);
      await append(200);
      expect(await atRest()).toBe(first);
    } finally {
      eventStore.subscribe = subscribe;
    }
  });
});
