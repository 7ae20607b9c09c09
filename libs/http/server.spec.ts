import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { Body, Controller, Get, NotFoundException, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import request from 'supertest';
import { DomainError, type CommandContext, type ErrorKind, type Instant, type Money } from '#kernel';
import { EventTooLarge, StoreUnavailable, WrongExpectedRevision } from '#event-store/port.js';
import { ReadStoreUnavailable } from '#read-store/port.js';
import { serve, type HttpUnderTest } from '#test/support/http-app.js';
import {
  answer,
  Caller,
  CommandRoute,
  Context,
  csv,
  csvAnswer,
  CustomerField,
  decodeCursor,
  InstantField,
  MoneyField,
  Ndjson,
  page,
  PageQuery,
  QueryRoute,
  Reply,
  Roles,
  Text,
  wantsCsv,
  type Answer,
  type Page,
  type Principal,
} from './index.js';

const CUSTOMER = '01890a5d-ac96-774b-bcce-b302099a8057';

class CustomerPath {
  @CustomerField() readonly id!: string;
}

class Note {
  @Text({ max: 20, example: 'Called back' }) readonly text!: string;
  @InstantField({ optional: true }) readonly at?: Instant;
  @MoneyField({ optional: true }) readonly worth?: Money;
}

/** Errors a handler may throw, by the name a test asks for. */
const ERRORS: Readonly<Record<string, () => unknown>> = {
  stale_append: () => new WrongExpectedRevision('customer-x', 3n, 7n),
  store: () => new StoreUnavailable('connect ECONNREFUSED 10.0.0.7'),
  read_store: () => new ReadStoreUnavailable('gone'),
  large: () => new EventTooLarge('600000 bytes'),
  nest: () => new NotFoundException('ada@example.com'),
  defect: () => new Error('ada@example.com is broken'),
  nothing: () => undefined,
};

@Controller('v1/customers')
class Notes {
  @CommandRoute({ summary: 'Write a note', tag: 'Notes', roles: ['back-office'], ids: { note: 'n-1' } })
  @Post(':id/notes')
  write(
    @Param() { id }: CustomerPath,
    @Body() { text }: Note,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Answer<object> {
    const changed = text !== 'again';
    const outcome = { revision: 4n, position: 1042n, changed, replayed: text === 'replay' };
    const { commandId, request, expectedRevision, traceparent } = context;
    const seen = { commandId, request, traceparent, expected: expectedRevision?.toString() };
    return answer(reply, outcome, { note: 'n-1', customer: id, text, ...seen });
  }

  @QueryRoute({
    summary: 'Read notes',
    tag: 'Notes',
    roles: ['back-office', 'analyst'],
    example: { items: [], next: null },
    csv: true,
  })
  @Get(':id/notes')
  read(
    @Param() _path: CustomerPath,
    @Query() { limit, cursor }: PageQuery,
    @Req() asked: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Page<string> | string {
    const all = ['a', '=1+1', 'c, "d"'];
    if (wantsCsv(asked))
      return csvAnswer(reply, 'notes', csv([{ name: 'note', value: (note: string) => note }], all));
    const after = decodeCursor(cursor, 1)?.[0];
    const from = after === undefined ? 0 : all.indexOf(after) + 1;
    return page(all.slice(from, from + limit + 1), limit, (note) => [note]);
  }

  @Roles('back-office')
  @Get('fail/domain/:kind')
  domain(@Param('kind') kind: ErrorKind): never {
    throw new DomainError(`test.${kind}`, 'Said as it is.', kind, { successor: CUSTOMER, revision: 7 });
  }

  @Roles('back-office')
  @Get('fail/:error')
  fail(@Param('error') name: string): never {
    throw ERRORS[name]?.();
  }

  @Get('unsaid')
  unsaid(): string {
    return 'nobody should read this';
  }

  @Roles('back-office')
  @Get('me')
  me(@Caller() caller: Principal): Principal {
    return caller;
  }

  @Ndjson()
  @Roles('back-office')
  @Post('import')
  async import(@Body() lines: Readable): Promise<{ bytes: number }> {
    let bytes = 0;
    for await (const chunk of lines) bytes += (chunk as Buffer).length;
    return { bytes };
  }
}

const NOTES = `/v1/customers/${CUSTOMER}/notes`;
/** A position that the views do not reach as long as somebody waits for it. */
const ENDLESS = 999n;
let http: HttpUnderTest;
let beginWaiting: (caller: { aborted: () => boolean; gone: Promise<unknown> }) => void;
const waitedFor = new Promise<Parameters<typeof beginWaiting>[0]>((resolve) => (beginWaiting = resolve));

async function waitFor(position: bigint, _timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  if (position !== ENDLESS) return position <= 1000n;
  const gone = once(signal, 'abort');
  beginWaiting({ aborted: () => signal.aborted, gone });
  await gone;
  throw signal.reason;
}

beforeAll(async () => {
  http = await serve([Notes], { waitFor }, { bodyLimit: 64 * 1024, arrivalMs: 300, graceMs: 500 });
});
afterAll(() => http.close());

describe('a command', () => {
  it('is answered with its ids, its revision and its position', async () => {
    const { status, headers, body } = await http.post(NOTES, { text: 'hello' });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ etag: '"4"', 'touchstone-position': '1042' });
    expect(headers).not.toHaveProperty('idempotency-replayed');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(body).toMatchObject({ note: 'n-1', revision: '4', position: '1042', request: null });
  });

  it('that found it so already is a 200, with the position from which it is so', async () => {
    const { status, headers, body } = await http.post(NOTES, { text: 'again' });
    expect([status, body.position, headers['touchstone-position']]).toEqual([200, '1042', '1042']);
  });

  it('says that its answer is a replay', async () => {
    const { headers } = await http.post(NOTES, { text: 'replay' });
    expect(headers['idempotency-replayed']).toBe('true');
  });

  it('is named by its key, and its body by a fingerprint that does not mind the order of members', async () => {
    const send = (body: string) =>
      http.post(NOTES).set('idempotency-key', 'k1').set('content-type', 'application/json').send(body);
    const [one, two, other] = [
      await send('{"text":"a","at":"2026-03-01T09:30:00Z"}'),
      await send('{ "at": "2026-03-01T09:30:00Z", "text": "a" }'),
      await send('{"text":"b"}'),
    ];
    expect(one.body.request).toMatch(/^[0-9a-f]{64}$/);
    expect([two.body.commandId, two.body.request]).toEqual([one.body.commandId, one.body.request]);
    expect(other.body.commandId).toBe(one.body.commandId);
    expect(other.body.request).not.toBe(one.body.request);
  });

  it('is decided on the revision in If-Match, which must be a strong ETag', async () => {
    const withIfMatch = (value: string) => http.post(NOTES, { text: 'x' }).set('if-match', value);
    expect((await withIfMatch('"5"')).body.expected).toBe('5');
    expect((await withIfMatch('*')).body.expected).toBeUndefined();
    for (const wrong of ['W/"5"', '5', '"-1"', '"5", "6"', '""']) {
      const { status, body } = await withIfMatch(wrong);
      expect([status, body.violations[0].code]).toEqual([400, 'malformed_header']);
    }
  });

  it('refuses a key that is not visible ASCII or too long', async () => {
    for (const key of ['a b', 'x'.repeat(256)]) {
      expect((await http.post(NOTES, { text: 'x' }).set('idempotency-key', key)).status).toBe(400);
    }
  });
});

describe('a correlation id', () => {
  it('is the one that was sent, else the trace, else a new one', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const named = await http
      .post(NOTES, { text: 'x' })
      .set('x-correlation-id', 'mine-1')
      .set({ traceparent });
    const traced = await http.post(NOTES, { text: 'x' }).set({ traceparent });
    const bare = await http.post(NOTES, { text: 'x' }).set('x-correlation-id', 'not a token');
    expect(named.headers['x-correlation-id']).toBe('mine-1');
    expect(named.body.traceparent).toBe(traceparent);
    expect(traced.headers['x-correlation-id']).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(bare.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a caller', () => {
  it('without a key, or with one that is not known, is told how to authenticate', async () => {
    const bearer = (key: string) => http.get('/v1/customers/me', null).set('authorization', key);
    const attempts = [
      http.get('/v1/customers/me', null),
      bearer(`Bearer ts_${'A'.repeat(43)}`),
      bearer('Bearer eyJhbGciOiJub25lIn0.e30.'),
      bearer('Basic YWRtaW46YWRtaW4='),
      bearer('Bearer '),
    ];
    for (const attempt of attempts) {
      const { status, headers, body } = await attempt;
      expect([status, body.code, body.correlationId]).toEqual([
        401,
        'unauthenticated',
        headers['x-correlation-id'],
      ]);
      expect(headers['www-authenticate']).toMatch(/^Bearer /);
    }
  });

  it('is refused before its body is read', async () => {
    const { status } = await http
      .post(NOTES, undefined, null)
      .set('content-type', 'application/json')
      .send('{"te');
    expect(status).toBe(401);
  });

  it('may do what its role may, and no more', async () => {
    expect((await http.get(NOTES, 'analyst')).status).toBe(200);
    const { status, body } = await http.post(NOTES, { text: 'x' }, 'analyst');
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect((await http.get('/v1/customers/me')).body).toMatchObject({ id: 'key-of-back-office' });
  });

  it('may not use a route that does not say who may, whatever the role', async () => {
    for (const role of ['back-office', 'analyst', 'auditor', 'admin'] as const) {
      expect((await http.get('/v1/customers/unsaid', role)).status).toBe(403);
    }
    expect((await request(http.url).head('/v1/customers/me')).status).toBe(401);
  });

  it('without a key gets nothing but health and documentation', async () => {
    for (const path of ['/health/live', '/health/ready', '/openapi.json', '/docs']) {
      expect((await http.get(path, null)).status).toBe(200);
    }
    for (const path of ['/metrics', '/', '/v1', '/docsx', '/%', '/health', '/docs/../metrics', '//metrics']) {
      expect((await http.get(path, null)).status).not.toBe(200);
    }
  });
});

describe('a problem', () => {
  it.each([
    ['domain/rule', 409, 'test.rule'],
    ['domain/not_found', 404, 'test.not_found'],
    ['domain/gone', 410, 'test.gone'],
    ['domain/invalid', 400, 'test.invalid'],
    ['domain/stale', 412, 'test.stale'],
    ['domain/key_reused', 422, 'test.key_reused'],
    ['domain/unavailable', 503, 'test.unavailable'],
    ['stale_append', 409, 'stream.contended'],
    ['store', 503, 'store.unavailable'],
    ['read_store', 503, 'store.unavailable'],
    ['large', 413, 'too_large'],
    ['nest', 404, 'route.not_found'],
    ['defect', 500, 'internal'],
    ['nothing', 500, 'internal'],
  ])('of %s is a %i %s', async (path, status, code) => {
    const answered = await http.get(`/v1/customers/fail/${path}`);
    expect([answered.status, answered.body.code, answered.body.status]).toEqual([status, code, status]);
    expect(answered.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answered.body).toMatchObject({
      type: `urn:touchstone:problem:${code}`,
      title: expect.any(String),
      detail: expect.any(String),
      instance: `/v1/customers/fail/${path}`,
      correlationId: answered.headers['x-correlation-id'],
    });
    expect(answered.text).not.toMatch(/ada@|ECONNREFUSED|\.js:\d/);
    if (status === 503) expect(Number(answered.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('says where a merged customer went, and the revision that is current', async () => {
    expect((await http.get('/v1/customers/fail/domain/gone')).headers['link']).toContain(
      `/v1/customers/${CUSTOMER}`,
    );
    expect((await http.get('/v1/customers/fail/domain/stale')).headers['etag']).toBe('"7"');
  });

  it('of a conflicting append is a 412 where there was an If-Match', async () => {
    const { status, headers } = await http.get('/v1/customers/fail/stale_append').set('if-match', '"3"');
    expect([status, headers['etag']]).toEqual([412, '"7"']);
  });

  it('that is a defect is in the log with its stack', async () => {
    const { body } = await http.get('/v1/customers/fail/defect');
    const line = http.logged
      .map((text) => JSON.parse(text))
      .find((one) => one.err && one.correlationId === body.correlationId);
    expect(line.err.stack).toContain('Notes.fail');
  });

  it('is what every wrong request gets', async () => {
    const typed = (type: string, body: string) => http.post(NOTES).set('content-type', type).send(body);
    const json = (body: string) => typed('application/json', body);
    const wrong: [request.Test, number][] = [
      [http.get('/v1/nowhere'), 404],
      [http.post('/v1/customers/me', {}), 404],
      [http.get('/v1/%zz'), 400],
      [http.get(`/v1/customers/${'x'.repeat(300)}/notes`), 414],
      [http.get('/v1/customers/UPPER/notes'), 400],
      [json('{"text":'), 400],
      [json(''), 400],
      [json('"text"'), 400],
      [json('{"text":"a","text":"b"}'), 400],
      [json('{"text":"a","__proto__":{"admin":true}}'), 400],
      [json('{"text":"a","constructor":{"prototype":{}}}'), 400],
      [json(`${'['.repeat(30_000)}${']'.repeat(30_000)}`), 400],
      [json(JSON.stringify({ text: 'x'.repeat(70_000) })), 413],
      [typed('text/plain', 'text'), 415],
      [typed('application/x-www-form-urlencoded', 'text=a'), 415],
      [typed('nonsense', '{}'), 415],
      [typed('application/x-ndjson', '{}'), 415],
      [http.get(NOTES).set('touchstone-at-least', 'soon'), 400],
      [http.get(NOTES).set('touchstone-at-least', '1001'), 503],
      [http.get(`${NOTES}?cursor=AAAA`), 400],
      [http.get(`${NOTES}?limit=201`), 400],
      [http.get(`${NOTES}?sort=name`), 400],
      [http.get(NOTES).set('x-padding', 'x'.repeat(20_000)), 431],
    ];
    for (const [test, status] of wrong) {
      const answered = await test;
      expect([test.method, test.url, answered.status]).toEqual([test.method, test.url, status]);
      expect(answered.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(JSON.parse(answered.text)).toMatchObject({ status, code: expect.stringMatching(/^[a-z_.]+$/) });
    }
  });
});

describe('a body', () => {
  it('is normalised to NFC and trimmed', async () => {
    const { body } = await http.post(NOTES, { text: ' Zoe\u0308 ' });
    expect(body.text).toBe('Zo\u00eb');
  });

  it('is refused with every field that is wrong, and without its values', async () => {
    const wrong = { text: 'x'.repeat(21), worth: { minor: 1.5, currency: 'EUR' }, ada: 'ada@example.com' };
    const { status, body, text } = await http.post(NOTES, wrong);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.violations.map(({ field, code }: { field: string; code: string }) => [field, code])).toEqual([
      ['text', 'too_long'],
      ['worth.minor', 'not_whole'],
      ['ada', 'unknown_field'],
    ]);
    expect(text).not.toContain('ada@example.com');
  });

  it('that stops arriving is given up, and others are served meanwhile', async () => {
    const socket = connect(Number(new URL(http.url).port), '127.0.0.1');
    const head = `POST ${NOTES} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.keys['back-office']}\r\n`;
    socket.write(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"te`);
    let answered = '';
    socket.on('data', (chunk) => (answered += String(chunk)));
    expect((await http.get('/v1/customers/me')).status).toBe(200);
    await once(socket, 'close');
    expect(answered).toMatch(/^HTTP\/1\.1 408 /);
    expect(answered).toContain('application/problem+json');
  });

  it('of a caller who was refused is not waited for either', async () => {
    const socket = connect(Number(new URL(http.url).port), '127.0.0.1');
    socket.write(`POST ${NOTES} HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\n`);
    socket.write('transfer-encoding: chunked\r\n\r\n1\r\nx\r\n');
    const [answered] = await once(socket, 'data');
    expect(String(answered)).toMatch(/^HTTP\/1\.1 401 /);
    await once(socket, 'close');
  });

  it('of NDJSON is handed on as a stream, longer and slower than JSON may be', async () => {
    const line = `${JSON.stringify({ text: 'x'.repeat(1000) })}\n`;
    const { status, body } = await http
      .post('/v1/customers/import')
      .set('content-type', 'application/x-ndjson')
      .send(line.repeat(300));
    expect([status, body.bytes]).toEqual([201, line.length * 300]);
  });
});

describe('a query', () => {
  it('waits for the views and answers when they are there', async () => {
    expect((await http.get(NOTES).set('touchstone-at-least', '1000')).status).toBe(200);
    expect((await http.get('/health/live', null).set('touchstone-at-least', 'soon')).status).toBe(200); // reads none
  });

  it('waits for nobody who has gone away', async () => {
    const socket = connect(Number(new URL(http.url).port), '127.0.0.1');
    socket.write(`GET ${NOTES} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.keys['analyst']}\r\n`);
    socket.write(`touchstone-at-least: ${ENDLESS}\r\n\r\n`);
    const { aborted, gone } = await waitedFor;
    expect(aborted()).toBe(false);
    socket.destroy();
    await gone;
  });

  it('is paged by an opaque cursor', async () => {
    const first = await http.get(`${NOTES}?limit=2`);
    expect(first.body.items).toEqual(['a', '=1+1']);
    const second = await http.get(`${NOTES}?limit=2&cursor=${first.body.next}`);
    expect(second.body).toEqual({ items: ['c, "d"'], next: null });
  });

  it('is answered as CSV when that is asked for, without formulas', async () => {
    const { headers, text } = await http.get(NOTES).set('accept', 'text/csv');
    expect(headers['content-type']).toMatch(/^text\/csv/);
    expect(text).toBe('note\r\na\r\n\'=1+1\r\n"c, ""d"""\r\n');
    expect((await http.get(NOTES).set('accept', 'application/json, text/csv;q=0.5')).body.items).toHaveLength(
      3,
    );
  });
});

describe('garbage', () => {
  it('of any kind is never a 5xx, and always a problem', async () => {
    const pick = <T>(list: readonly T[], seed: number): T => list[seed % list.length]!;
    const paths = [
      NOTES,
      '/v1/customers/x/notes',
      '/',
      '/%00',
      `${NOTES}?limit=1e9`,
      `${NOTES}?limit[]=1&limit=2`,
    ];
    const bodies = [
      '{',
      '[]',
      'null',
      '1e999',
      '{"text":1}',
      '\u0000',
      '{"text":{"text":[]}}',
      '{"":""}',
      '"\ud800"',
    ];
    const types = [
      'application/json',
      'application/json; charset=latin1',
      'text/xml',
      '*/*',
      'application/x-ndjson',
    ];
    for (let seed = 0; seed < 300; seed++) {
      const test = http
        .post(pick(paths, seed))
        .set('content-type', pick(types, Math.floor(seed / 6)))
        .set('idempotency-key', pick(['a', '', 'é', 'x'.repeat(300)], seed))
        .send(pick(bodies, Math.floor(seed / 2)));
      const { status, headers } = await test;
      expect([400, 404, 415]).toContain(status);
      expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    }
  });

  it('that is not HTTP is answered and cut off', async () => {
    const socket = connect(Number(new URL(http.url).port), '127.0.0.1');
    let answered = '';
    socket.on('data', (chunk) => (answered += String(chunk)));
    socket.write('\u0016\u0003\u0001 hello\r\n\r\n');
    await once(socket, 'close');
    expect(answered).toMatch(/^HTTP\/1\.1 400 /);
  });
});
