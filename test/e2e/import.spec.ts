import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTouchstone, until, type Touchstone } from '#test/support/touchstone.js';

let touchstone: Touchstone;
beforeAll(async () => {
  touchstone = await startTouchstone();
});
afterAll(() => touchstone.stop());

interface Answered {
  readonly line: number;
  readonly status: string;
  readonly customerId?: string;
  readonly touchpointId?: string;
  readonly revision?: string;
  readonly position?: string | null;
  readonly problem?: {
    readonly status: number;
    readonly code: string;
    readonly violations?: { field: string }[];
  };
}

/** Sends the text whole; every answer, in the order in which it came. */
async function send(text: string, query = ''): Promise<Answered[]> {
  const headers = {
    authorization: `Bearer ${touchstone.keys['back-office']}`,
    'content-type': 'application/x-ndjson',
  };
  const answer = await fetch(`${touchstone.url}/v1/import${query}`, { method: 'POST', headers, body: text });
  expect(answer.status).toBe(200);
  return parsed(await answer.text());
}

const parsed = (text: string): Answered[] =>
  text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Answered); // prettier-ignore

const ndjson = (...lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const statuses = (answers: readonly Answered[]): string[] => answers.map(({ status }) => status);
const stored = (): Promise<number> => touchstone.stores.eventStore.count();

const of = (value: string) => ({ source: 'shop', value });
const customer = (value: string, key = `customer-${value}`) => ({
  kind: 'customer',
  key,
  data: { kind: 'person', externalId: of(value) },
});
const purchase = (value: string, key: string, minor = 1_000) => ({
  kind: 'purchase',
  key,
  customer: of(value),
  occurredAt: '2026-03-01T09:30:00.000Z',
  data: { amount: { minor, currency: 'EUR' } },
});

describe('An import', () => {
  it('answers a line each, in their order, and decides the lines of a customer in theirs', async () => {
    const lines: object[] = [];
    for (let n = 0; n < 60; n++) lines.push(customer(`order-${n}`));
    for (let n = 0; n < 1_500; n++) lines.push(purchase(`order-${n % 60}`, `order-purchase-${n}`));
    const answers = await send(ndjson(...lines));
    expect(answers.map(({ line }) => line)).toEqual(lines.map((_, place) => place + 1));
    expect(new Set(statuses(answers))).toEqual(new Set(['recorded']));
    const last = new Map<string | undefined, bigint>();
    for (const { customerId, revision = '' } of answers) {
      expect(BigInt(revision)).toBeGreaterThan(last.get(customerId) ?? -1n);
      last.set(customerId, BigInt(revision));
    }
    await touchstone.settled();
    const { body } = await touchstone
      .get(`/v1/customers/${answers[0]?.customerId}/timeline?limit=50`)
      .expect(200);
    expect((body as { items: object[] }).items).toHaveLength(2 + 25);
  });

  it('sent again adds nothing and answers as the first time', async () => {
    const text = ndjson(customer('again'), purchase('again', 'again-1'), purchase('again', 'again-2'));
    const first = await send(text);
    const before = await stored();
    const second = await send(text);
    expect(statuses(second)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(second.map(({ touchpointId }) => touchpointId)).toEqual(
      first.map(({ touchpointId }) => touchpointId),
    );
    expect(await stored()).toBe(before);
  });

  it('refuses another content under the same key, and the same key twice in one body is one command', async () => {
    const answers = await send(
      ndjson(
        customer('reuse'),
        purchase('reuse', 'reuse-1', 100),
        purchase('reuse', 'reuse-1', 100),
        purchase('reuse', 'reuse-1', 200),
      ),
    );
    expect(statuses(answers)).toEqual(['recorded', 'recorded', 'duplicate', 'refused']);
    expect(answers[3]?.problem).toMatchObject({ status: 422, code: 'idempotency.key_reused' });
  });

  it('is the same command as a request with the same key and content', async () => {
    const [registered] = await send(ndjson(customer('by-header')));
    const path = `/v1/customers/${registered?.customerId}/purchases`;
    const line = purchase('by-header', 'by-header-1');
    const posted = await touchstone
      .post(path, { occurredAt: line.occurredAt, ...line.data })
      .set('idempotency-key', line.key)
      .expect(201);
    const [answer] = await send(ndjson(line));
    expect(answer).toMatchObject({
      status: 'duplicate',
      touchpointId: (posted.body as Answered).touchpointId,
    });
  });

  it('says which field of which line is wrong and goes on with the rest', async () => {
    const { data: _none, ...incomplete } = purchase('rest', 'rest-3');
    const answers = await send(
      [
        JSON.stringify(customer('rest')),
        'not JSON',
        '{"kind":"purchase","kind":"purchase"}',
        '[]',
        JSON.stringify({ kind: 'nonsense', key: 'rest-1', data: {} }),
        JSON.stringify({
          ...purchase('rest', 'rest-2'),
          data: { amount: { minor: 1.5, currency: 'EUR' }, coupon: 'x' },
        }),
        JSON.stringify({ ...incomplete, colour: 'red' }),
        JSON.stringify({ ...purchase('rest', 'rest-4'), customer: undefined }),
        JSON.stringify({ ...purchase('rest', 'rest-5'), occurredAt: '2999-01-01T00:00:00Z' }),
        JSON.stringify(purchase('nobody', 'rest-6')),
        JSON.stringify({
          kind: 'note',
          key: 'rest-7',
          customer: of('rest'),
          data: { text: 'x'.repeat(70_000) },
        }),
        JSON.stringify(purchase('rest', 'rest-8')),
      ].join('\n'), // and no line end after the last
    );
    const said = answers.map(({ status, problem }) => [
      status,
      problem?.code,
      problem?.violations?.map(({ field }) => field),
    ]);
    expect(said).toEqual([
      ['recorded', undefined, undefined],
      ['refused', 'malformed', undefined],
      ['refused', 'malformed', undefined],
      ['refused', 'invalid_request', ['']],
      ['refused', 'invalid_request', ['kind']],
      ['refused', 'invalid_request', ['data.amount.minor', 'data.coupon']],
      ['refused', 'invalid_request', ['data', 'colour', 'data.amount']],
      ['refused', 'invalid_request', ['customer']],
      ['refused', 'invalid_request', ['occurredAt']],
      ['refused', 'customer.not_found', undefined],
      ['refused', 'too_large', undefined],
      ['recorded', undefined, undefined],
    ]);
  });

  it("refunds what an earlier line recorded, by that line's key", async () => {
    const refund = (key: string, minor: number) => ({
      kind: 'refund', key, customer: of('refund'), of: { key: 'refund-1' }, data: { amount: { minor, currency: 'EUR' } },
    }); // prettier-ignore
    const answers = await send(
      ndjson(
        customer('refund'),
        purchase('refund', 'refund-1', 500),
        refund('refund-2', 400),
        refund('refund-3', 400),
      ),
    );
    expect(statuses(answers)).toEqual(['recorded', 'recorded', 'recorded', 'refused']);
    expect(answers[3]?.problem).toMatchObject({ code: 'refund.too_much', left: 100 });
  });

  it('follows an external id to the customer who holds it', async () => {
    const [holder] = await send(ndjson(customer('holder')));
    await touchstone.post(`/v1/customers/${holder?.customerId}/external-ids`, of('other-name')).expect(201);
    const lines = [
      purchase('other-name', 'alias-1'),
      purchase('other-name', 'alias-2'),
      purchase('holder', 'alias-3'),
    ];
    const answers = await send(ndjson(...lines));
    expect(answers.map(({ customerId }) => customerId)).toEqual(Array(3).fill(holder?.customerId));
    expect(statuses(await send(ndjson(...lines)))).toEqual(['duplicate', 'duplicate', 'duplicate']);
    const [taken] = await send(ndjson(customer('other-name')));
    expect(taken).toMatchObject({
      status: 'refused',
      problem: { code: 'customer.alias', successor: holder?.customerId },
    });
  });

  it('records spend, which is of no customer', async () => {
    const spend = {
      purpose: 'acquisition',
      spentOn: '2026-03-02',
      amount: { minor: 60_000, currency: 'EUR' },
      addressed: 100,
    };
    const answers = await send(
      ndjson(
        { kind: 'spend', key: 'spend-1', data: spend },
        { kind: 'spend', key: 'spend-2', customer: of('x'), data: spend },
      ),
    );
    expect(answers).toMatchObject([
      { status: 'recorded' },
      { status: 'refused', problem: { violations: [{ field: 'customer' }] } },
    ]);
  });
});

describe('A dry run', () => {
  it('decides each line on the log and on the lines before, and records nothing', async () => {
    await send(ndjson(customer('known'), purchase('known', 'known-1')));
    const before = await stored();
    const text = ndjson(
      customer('dry'),
      purchase('dry', 'dry-1', 500),
      {
        kind: 'refund',
        key: 'dry-2',
        customer: of('dry'),
        of: { key: 'dry-1' },
        data: { amount: { minor: 600, currency: 'EUR' } },
      },
      purchase('dry', 'dry-1', 500),
      purchase('nobody', 'dry-3'),
      purchase('known', 'known-1'),
    );
    const rehearsed = await send(text, '?dryRun=true');
    expect(statuses(rehearsed)).toEqual([
      'recorded',
      'recorded',
      'refused',
      'duplicate',
      'refused',
      'duplicate',
    ]);
    expect(rehearsed.every(({ position }) => position === undefined || position === null)).toBe(true);
    expect(await stored()).toBe(before);
    expect(statuses(await send(text))).toEqual(statuses(rehearsed));
  });
});

/** A connection on which lines are written and answers read as a test likes. */
function connection() {
  const headers = {
    authorization: `Bearer ${touchstone.keys['back-office']}`,
    'content-type': 'application/x-ndjson',
  };
  const sent = request(`${touchstone.url}/v1/import`, { method: 'POST', headers });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  return { sent, answer };
}

describe('The connection of an import', () => {
  it('is answered while it is still being written to', async () => {
    const { sent, answer } = connection();
    sent.write(ndjson(customer('talking')));
    const response = await answer;
    const [first] = (await once(response, 'data')) as [Buffer];
    expect(parsed(String(first))).toMatchObject([{ line: 1, status: 'recorded' }]);
    sent.write(ndjson(purchase('talking', 'talking-1')));
    const [second] = (await once(response, 'data')) as [Buffer];
    expect(parsed(String(second))).toMatchObject([{ line: 2, status: 'recorded' }]);
    sent.end();
    await once(response, 'end');
  });

  const LINES = 25_000; // more than all the buffers between the two ends have room for

  it('holds back a sender whose answers nobody reads, and goes on when they are read', async () => {
    await send(ndjson(customer('slow')));
    const { sent, answer } = connection();
    let written = 0;
    // Refusals of a kilobyte each: the answers fill the connection long before the lines do.
    const line = `${JSON.stringify({ kind: 'purchase', key: 'slow', customer: of('slow'), data: {}, ...fields(20) })}\n`;
    const write = (): void => {
      while (written < LINES) {
        written++;
        if (!sent.write(line)) return void sent.once('drain', write);
      }
      sent.end();
    };
    write();
    const response = await answer;
    response.pause();
    let [before, still] = [-1, 0];
    await until(() => {
      still = written === before ? still + 1 : 0;
      before = written;
      return still === 30;
    });
    expect(written).toBeLessThan(LINES);
    let answered = 0;
    response.on('data', (chunk: Buffer) => (answered += chunk.toString().split('\n').length - 1));
    response.resume();
    await once(response, 'end');
    expect(answered).toBe(LINES);
  });

  it('may be cut anywhere: sent again, everything is there once', async () => {
    const lines = [customer('cut'), ...Array.from({ length: 2_000 }, (_, n) => purchase('cut', `cut-${n}`))];
    const text = ndjson(...lines);
    const { sent, answer } = connection();
    answer.then(
      (response) => response.on('error', () => undefined).resume(),
      () => undefined,
    ); // cut off, as it is to be
    const before = await stored();
    sent.write(text.slice(0, text.length / 2)); // in the middle of a line
    await until(async () => (await stored()) > before + 10);
    sent.destroy();
    const answers = await send(text);
    expect(statuses(answers).filter((status) => status === 'duplicate').length).toBeGreaterThan(0);
    expect(new Set(statuses(answers))).toEqual(new Set(['duplicate', 'recorded']));
    expect(await stored()).toBe(before + 3 + 2_000); // the registration is two events, and its key is one
  });

  it('is for back-office and admin only, and takes nothing but NDJSON', async () => {
    for (const role of ['analyst', 'auditor'] as const)
      await touchstone
        .post('/v1/import', undefined, role)
        .set('content-type', 'application/x-ndjson')
        .expect(403);
    await touchstone.post('/v1/import', {}).expect(415);
  });
});

const fields = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`unknown-field-${n}`, 1]));
