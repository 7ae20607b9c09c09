/**
 * A command that is sent again is answered as the first time and recorded once: at once, beside itself, after a
 * restart and after a crash. What was decided on something else is refused; what was written can be read.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Response } from 'supertest';
import { startServer, type Answer, type ExitCode, type Server } from '#test/support/server.js';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

const CALL = { channel: 'phone', direction: 'inbound', subject: 'Late delivery' };

describe('a command under a key', () => {
  let touchstone: Touchstone;
  let customer: string;
  beforeAll(async () => {
    touchstone = await startTouchstone();
  });
  afterAll(() => touchstone.stop());
  beforeEach(async () => {
    const { body } = await touchstone.post('/v1/customers', { kind: 'person', name: 'Ada' }).expect(201);
    customer = (body as { customerId: string }).customerId;
  });

  const call = (key: string, body: object = CALL) =>
    touchstone.post(`/v1/customers/${customer}/interactions`, body).set('idempotency-key', key);

  it('sent again is answered as the first time, says so, and adds nothing', async () => {
    const first = await call(`again-${customer}`).expect(201);
    const head = await touchstone.stores.eventStore.head();
    const again = await call(`again-${customer}`);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expectReplay(first, again);
    expect(await touchstone.stores.eventStore.head()).toBe(head);
  });

  it('sent with another body is refused with 422, and adds nothing', async () => {
    await call(`other-${customer}`).expect(201);
    const head = await touchstone.stores.eventStore.head();
    const { body } = await call(`other-${customer}`, { ...CALL, subject: 'Something else' }).expect(422);
    expect(body).toMatchObject({ code: 'idempotency.key_reused' });
    expect(await touchstone.stores.eventStore.head()).toBe(head);
  });

  it('sent twenty times at once is recorded once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(`at-once-${customer}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    await touchstone.settled();
    const { body } = await touchstone.get(`/v1/customers/${customer}/timeline?type=InteractionRecorded`);
    expect((body as { items: unknown[] }).items).toHaveLength(1);
  });

  it('registers a customer once, also when it is sent twenty times at once', async () => {
    const register = () =>
      touchstone.post('/v1/customers', { kind: 'person' }).set('idempotency-key', `register-${customer}`);
    const answers = await Promise.all(Array.from({ length: 20 }, register));
    expect(new Set(answers.map(({ body }) => (body as { customerId: string }).customerId)).size).toBe(1);
  });

  it('is decided on If-Match, and told the current revision when that does not hold', async () => {
    const { body, headers } = await call(`match-1-${customer}`).set('if-match', '"0"').expect(201);
    expect([(body as { revision: string }).revision, headers['etag']]).toEqual(['1', '"1"']);
    const stale = await call(`match-2-${customer}`).set('if-match', '"0"').expect(412);
    expect(stale.headers['etag']).toBe('"1"');
    expect(stale.body).toMatchObject({ code: 'stream.stale', revision: '1' });
    await call(`match-2-${customer}`).set('if-match', '"1"').expect(201); // a refusal is not remembered
    expect((await call(`match-1-${customer}`).set('if-match', '"0"')).headers['idempotency-replayed']).toBe(
      'true',
    );
  });

  it('can be read as soon as the views are waited for', async () => {
    for (let round = 0; round < 10; round++) {
      const { headers } = await call(`read-${round}-${customer}`).expect(201);
      const { body } = await touchstone
        .get(`/v1/customers/${customer}/timeline?type=InteractionRecorded`)
        .set('touchstone-at-least', String(headers['touchstone-position']))
        .expect(200);
      expect((body as { items: unknown[] }).items).toHaveLength(round + 1);
    }
  });
});

function expectReplay(first: Response, again: Response): void {
  const of = ({ status, headers, body }: Response) => [
    status,
    headers['etag'],
    headers['touchstone-position'],
    body as unknown,
  ];
  expect(of(again)).toEqual(of(first));
  expect(again.headers['idempotency-replayed']).toBe('true');
}

describe('a server that is stopped under load, and then killed', () => {
  const answered: Answer[] = [];
  let folder: string;
  let server: Server;
  let key: string;
  let calls: string;
  let exitCode: ExitCode;
  let first: readonly Answer[];

  const post = (path: string, body: object, idempotencyKey: string): Promise<Answer> =>
    server.send('POST', path, { key, body, headers: { 'idempotency-key': idempotencyKey } });
  const register = () => post('/v1/customers', { kind: 'person', name: 'Ada' }, 'register');
  const call = () => post(calls, CALL, 'call');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchstone-'));
    server = await startServer(folder);
    key = server.adminKey!; // the first start on a folder shows one
    const registered = await register();
    calls = `/v1/customers/${String(registered.body['customerId'])}/interactions`;
    first = [registered, await call()];
    const connections = Promise.all(Array.from({ length: 16 }, (_, connection) => callOn(connection)));
    await until(() => answered.length > 100);
    exitCode = await server.stop();
    await connections;
    server = await startServer(folder);
  });
  afterAll(async () => {
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  });

  /** Calls until it is refused: a server that stops says 503, and then takes no connection. */
  async function callOn(connection: number): Promise<void> {
    for (let index = 0; ; index++) {
      try {
        const answer = await post(calls, CALL, `call-${connection}-${index}`);
        if (answer.status === 503) return;
        expect(answer.status).toBe(201);
        answered.push(answer);
      } catch (error) {
        expect(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']).toContain((error as NodeJS.ErrnoException).code);
        return;
      }
    }
  }

  const seen = ({ status, headers, body }: Answer) => ({
    status,
    etag: headers['etag'],
    position: headers['touchstone-position'],
    body,
  });

  async function expectReplays(): Promise<void> {
    const again = [await register(), await call()];
    expect(again.map(seen)).toEqual(first.map(seen));
    expect(again.map(({ headers }) => headers['idempotency-replayed'])).toEqual(['true', 'true']);
    expect((await post(calls, { ...CALL, subject: 'Other' }, 'call')).status).toBe(422);
  }

  it('exits with 0, has what it answered in the log, and answered what is in the log', async () => {
    expect(exitCode).toBe(0);
    const positions = answered.map(({ body }) => String(body['position']));
    expect(new Set(positions).size).toBe(answered.length);
    const last = answered.reduce((most, { body }) => Math.max(most, Number(body['revision'])), 0);
    const { body } = await post(calls, CALL, 'the-next');
    expect(Number(body['revision'])).toBe(last + 1);
  });

  it('knows every command again when it is back, each time', async () => {
    await expectReplays();
    const before = await post(calls, CALL, 'before');
    await server.kill();
    server = await startServer(folder);
    await expectReplays();
    const next = await post(calls, CALL, 'after');
    expect(Number(next.body['revision'])).toBe(Number(before.body['revision']) + 1);
  });
});
