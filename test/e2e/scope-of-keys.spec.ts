/**
 * An Idempotency-Key belongs to its caller and its target, the route and whose the command is: no command of one customer
 * is ever taken for another's, and nothing of it reaches another's documents.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { apiDocument } from '#test/support/api-document.js';
import { startTouchstone, type KeyRole, type Touchstone } from '#test/support/touchstone.js';
import { ofACustomer, ofEverybody, pathOf, type CommandOf, type Made } from './every-command.js';

const KEY = 'one-key-for-all';

let touchstone: Touchstone;
beforeAll(async () => {
  touchstone = await startTouchstone();
});
afterAll(() => touchstone.stop());

const send = (command: CommandOf, made: Made, body: object | undefined, role?: KeyRole): Promise<Response> =>
  Promise.resolve(
    touchstone
      .post(pathOf(command, made), body, role ?? command.role ?? 'back-office')
      .set('idempotency-key', KEY),
  );

async function register(value: string): Promise<string> {
  const body = { kind: 'person', name: `${value} registered`, externalId: { source: 'shop', value } };
  const { body: answer } = await touchstone
    .post('/v1/customers', body)
    .set('idempotency-key', value)
    .expect(201);
  return (answer as { customerId: string }).customerId;
}

interface Sent {
  readonly command: CommandOf;
  readonly made: Made;
  readonly answer: Response;
}

/** All commands of a customer under one key, but for the erasure. */
async function live(customer: string, words: string): Promise<Sent[]> {
  let made: Made = { customer, tag: 'newsletter' };
  const sent: Sent[] = [];
  for (const command of ofACustomer) {
    if (command.path.endsWith('/erase')) continue;
    const answer = await send(command, made, command.body?.(words, made));
    expect([command.path, answer.status]).toEqual([command.path, 201]);
    sent.push({ command, made, answer });
    if (command.makes !== undefined) {
      const [name, field] = command.makes;
      made = { ...made, [name]: (answer.body as Record<string, string>)[field]! }; // it says that it makes it
    }
  }
  return sent;
}

const idsIn = ({ answer, command }: Sent): string[] =>
  command.makes === undefined ? [] : [(answer.body as Record<string, string>)[command.makes[1]] ?? ''];

const timelineOf = async (customer: string): Promise<string> => {
  await touchstone.settled();
  return JSON.stringify(
    (await touchstone.get(`/v1/customers/${customer}/timeline?limit=200`).expect(200)).body,
  );
};

describe('the commands of this suite', () => {
  it('are all that there are', async () => {
    const { operations } = await apiDocument(touchstone.url);
    const commands = operations
      .filter(({ method, path }) => method === 'POST' && path !== '/v1/import')
      .map(({ path }) => path);
    const here = [...ofACustomer, ...ofEverybody].map(({ path }) => path);
    expect([...here, '/v1/customers'].sort()).toEqual(commands.sort());
  });
});

describe('one key, two customers', () => {
  let sent: { readonly rosa: Sent[]; readonly bob: Sent[] };
  let ids: { readonly rosa: string; readonly bob: string };
  beforeAll(async () => {
    ids = { rosa: await register('rosa'), bob: await register('bob') };
    sent = { rosa: await live(ids.rosa, 'rosa'), bob: await live(ids.bob, 'bob') };
  });

  it('makes two commands of every command, with other ids', () => {
    for (const { answer } of [...sent.rosa, ...sent.bob])
      expect(answer.headers).not.toHaveProperty('idempotency-replayed');
    const all = [...sent.rosa, ...sent.bob].flatMap(idsIn);
    expect(new Set(all).size).toBe(all.length);
  });

  it('shows nothing of the one on the timeline of the other', async () => {
    expect(await timelineOf(ids.rosa)).toMatch(/rosa corrected/);
    expect(await timelineOf(ids.rosa)).not.toMatch(/bob/);
    expect(await timelineOf(ids.bob)).toMatch(/bob corrected/);
    expect(await timelineOf(ids.bob)).not.toMatch(/rosa/);
  });

  it('is answered as the first time when it comes again, each time', async () => {
    for (const { command, made, answer } of [...sent.rosa, ...sent.bob]) {
      const words = made['customer'] === ids.rosa ? 'rosa' : 'bob';
      const again = await send(command, made, command.body?.(words, made));
      expect([command.path, again.status, again.body]).toEqual([command.path, 201, answer.body]);
      expect(again.headers['idempotency-replayed']).toBe('true');
    }
  });

  it('with another body on the same target is 422', async () => {
    for (const { command, made } of sent.rosa) {
      const other = command.other?.('rosa', made);
      if (other === undefined) continue;
      const { status, body } = await send(command, made, other);
      expect([command.path, status, (body as { code: string }).code]).toEqual([
        command.path,
        422,
        'idempotency.key_reused',
      ]);
    }
  });

  it('of another caller is another command', async () => {
    for (const { command, made } of sent.rosa) {
      const { status, headers } = await send(command, made, command.body?.('rosa', made), 'admin');
      expect(headers).not.toHaveProperty('idempotency-replayed');
      expect([command.path, [200, 201, 404, 409].includes(status)]).toEqual([command.path, true]);
    }
  });

  it('erases the one, and the other stays as they are', async () => {
    const before = await timelineOf(ids.bob);
    const erase = ofACustomer.find(({ path }) => path.endsWith('/erase'))!; // it is among them
    const made = { customer: ids.rosa };
    const first = await send(erase, made, erase.body?.('rosa', made));
    expect(first.status).toBe(201);
    const again = await send(erase, made, erase.body?.('rosa', made));
    expect([again.status, again.headers['idempotency-replayed'], again.body]).toEqual([
      201,
      'true',
      first.body,
    ]);
    expect(await timelineOf(ids.rosa)).not.toMatch(/rosa/);
    expect(await timelineOf(ids.bob)).toBe(before);
    for (const customer of Object.values(ids)) {
      const { body } = await touchstone.get(`/v1/audit/customers/${customer}/verify`, 'auditor').expect(200);
      expect(body).toMatchObject({ verdict: 'intact' });
    }
  });
});

describe('one key for what is no customer’s', () => {
  it('with another body is 422, also where the body says what it is about', async () => {
    let made: Made = {};
    for (const command of ofEverybody) {
      const body = command.body?.('theirs', made);
      const first = await send(command, made, body);
      expect([command.path, first.status]).toEqual([command.path, 201]);
      const again = await send(command, made, body);
      expect(again.headers['idempotency-replayed']).toBe('true');
      const shown = { ...(first.body as object), ...(command.path === '/v1/api-keys' && { key: null }) };
      expect(again.body).toEqual(shown);
      const other = command.other?.('theirs', made);
      if (other !== undefined)
        expect([command.path, (await send(command, made, other)).status]).toEqual([command.path, 422]);
      if (command.makes !== undefined) {
        const [name, field] = command.makes;
        made = { ...made, [name]: (first.body as Record<string, string>)[field]! }; // it says that it makes it
      }
    }
  });

  it('and two registrations is 422, whatever the external ids are', async () => {
    const body = (value?: string) => ({
      kind: 'person',
      ...(value !== undefined && { externalId: { source: 'idem', value } }),
    });
    const registerAs = (key: string, value?: string) =>
      touchstone.post('/v1/customers', body(value)).set('idempotency-key', key);
    const first = await registerAs('reg', '1').expect(201);
    await registerAs('reg', '2').expect(422);
    await registerAs('reg').expect(422);
    expect((await registerAs('reg', '1').expect(201)).body).toEqual(first.body);
    const none = await registerAs('reg-2').expect(201);
    await registerAs('reg-2', '3').expect(422);
    expect((await registerAs('reg-2').expect(201)).body).toEqual(none.body);
    await touchstone.settled();
    const found = await touchstone.get('/v1/customers?source=idem&externalId=2', 'admin').expect(200);
    expect((found.body as { items: unknown[] }).items).toEqual([]);
  });
});

describe('a command that found it so already', () => {
  it('is remembered: the first answer stands, whatever has happened since', async () => {
    const customer = await register('tagged');
    const add = (key: string) =>
      touchstone.post(`/v1/customers/${customer}/tags`, { tag: 'vip' }).set('idempotency-key', key);
    await add('first').expect(201);
    const second = await add('second').expect(200);
    expect(second.headers['touchstone-position']).toBe((second.body as { position: string }).position);
    await touchstone.post(`/v1/customers/${customer}/tags/vip/remove`).expect(201);
    const again = await add('second').expect(200);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(second.body);
    await touchstone.settled();
    const { body } = await touchstone.get(`/v1/customers/${customer}`).expect(200);
    expect((body as { tags: string[] }).tags).toEqual([]);
  });
});
