import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { serve, type HttpUnderTest } from '#test/support/http-app.js';
import { until } from '#test/support/until.js';
import { CommandRoute, CustomerField, QueryRoute, Roles, Text } from './index.js';

class Path {
  @CustomerField() readonly id!: string;
}
class Note {
  @Text({ max: 100, example: 'Called back' }) readonly text!: string;
}

let entered: () => void;
let release: () => void;

@Controller('v1/customers')
class Customers {
  @CommandRoute({
    summary: 'Write a note',
    roles: ['back-office'],
    ids: { note: 'n-1' },
    refusals: { 'note.closed': 'The customer has left.' },
  })
  @Post(':id/notes')
  write(@Param() { id }: Path, @Body() { text }: Note): object {
    return { id, text };
  }

  @QueryRoute({ summary: 'Read a note', roles: ['analyst'], example: { text: 'Called back' } })
  @Get(':id')
  read(@Param() { id }: Path): object {
    return { id };
  }

  @Roles('analyst')
  @Get('slow/answer')
  async slow(): Promise<object> {
    const released = new Promise<void>((resolve) => (release = resolve));
    entered();
    await released;
    return { answered: true };
  }
}

let http: HttpUnderTest;
afterEach(() => http.close());

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('the OpenAPI document', () => {
  it('says of every route what it takes, what it answers and what goes wrong, with examples', async () => {
    http = await serve([Customers]);
    const { body } = await http.get('/openapi.json', null);
    expect(body.openapi).toBe('3.1.0');
    const { post } = body.paths['/v1/customers/{id}/notes'];
    expect(post.security).toEqual([{ key: [] }]);
    expect(post.description).toContain('note.closed');
    expect(Object.keys(post.responses)).toEqual(
      expect.arrayContaining([
        '200',
        '201',
        '400',
        '401',
        '403',
        '404',
        '409',
        '412',
        '413',
        '415',
        '422',
        '503',
      ]),
    );
    expect(Object.keys(post.responses['201'].headers)).toContain('Touchstone-Position');
    expect(body.components.schemas.Note).toMatchObject({
      properties: { text: { type: 'string', minLength: 1, maxLength: 100, example: 'Called back' } },
      required: ['text'],
    });
    expect(JSON.stringify(body)).not.toContain('x-kind');
  });

  it('refers to nothing that it does not hold', async () => {
    http = await serve([Customers]);
    const { body } = await http.get('/openapi.json', null);
    const references = JSON.stringify(body).match(/(?<="\$ref":"#\/)[^"]+/g) ?? [];
    expect(references.length).toBeGreaterThan(10);
    for (const reference of new Set(references)) {
      const held = reference.split('/').reduce((part, name) => part?.[name], body);
      expect([reference, typeof held]).toEqual([reference, 'object']);
    }
  });
});

describe('health', () => {
  it('is ready when every check is, and says which is not', async () => {
    let ok = true;
    const checks = [
      { name: 'event-store', check: async () => ({ ok: true, detail: { head: '7' } }) },
      { name: 'views', check: async () => ({ ok }) },
      { name: 'broken', check: async () => (ok ? { ok } : Promise.reject(new Error('secret address'))) },
    ];
    http = await serve([], { checks });
    const ready = await http.get('/health/ready', null);
    expect([ready.status, ready.body.checks[0].detail]).toEqual([200, { head: '7' }]);
    ok = false;
    const unready = await until(async () => {
      const answer = await http.get('/health/ready', null);
      return answer.status === 503 && answer;
    });
    expect([unready.status, unready.body.checks.map((one: { ok: boolean }) => one.ok)]).toEqual([
      503,
      [true, false, false],
    ]);
    expect(unready.text).not.toContain('secret');
    const [said] = http.logged.map((line) => JSON.parse(line)).filter(({ code }) => code === 'not_ready');
    expect(said).toMatchObject({ route: '/health/ready', level: 'warn' });
    expect(said.causes).toEqual(['AggregateError: Not ready: views, broken', 'Error: secret address']);
    expect((await http.get('/health/live', null)).status).toBe(200);
  });
});

describe('readiness', () => {
  it('is looked into once for all who ask meanwhile', async () => {
    let asked = 0;
    const answers: (() => void)[] = [];
    const check = (): Promise<{ ok: true }> => {
      asked++;
      return new Promise((resolve) => answers.push(() => resolve({ ok: true })));
    };
    http = await serve([], { checks: [{ name: 'store', check }] });
    const statuses = Promise.all(
      Array.from({ length: 25 }, async () => (await http.get('/health/ready', null)).status),
    );
    await until(() => asked > 0);
    answers[0]?.();
    expect(new Set(await statuses)).toEqual(new Set([200]));
    expect(asked).toBe(1);
  });
});

describe('metrics and logs', () => {
  it('name requests by their route and never by their address or body', async () => {
    http = await serve([Customers]);
    await http.get(`/v1/customers/${ID}?name=Lovelace`, 'analyst');
    await http.post(`/v1/customers/${ID}/notes`, { text: 'Lovelace' });
    await http.get('/Lovelace', 'analyst');
    const { text } = await http.get('/metrics', 'auditor');
    expect(text).toMatch(
      /http_request_duration_seconds_count{method="GET",route="\/v1\/customers\/:id",status="200"} 1/,
    );
    expect(text).toMatch(/route="unknown",status="404"} 1/);
    const lines = http.logged.map((line) => JSON.parse(line)).filter(({ route }) => route !== undefined);
    expect(lines.map(({ route, status, principal }) => [route, status, principal])).toEqual([
      ['/v1/customers/:id', 200, 'key-of-analyst'],
      ['/v1/customers/:id/notes', 201, 'key-of-back-office'],
      ['unknown', 404, 'key-of-analyst'],
      ['/metrics', 200, 'key-of-auditor'],
    ]);
    for (const written of [text, ...http.logged]) {
      expect(written).not.toContain('Lovelace');
      expect(written).not.toContain(ID);
    }
    expect((await http.get('/metrics', 'analyst')).status).toBe(403);
  });
});

describe('a server that stops', () => {
  it('answers what is under way, and accepts nothing more', async () => {
    http = await serve([Customers]);
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const underWay = http.get('/v1/customers/slow/answer', 'analyst').then((answer) => answer);
    await inside;
    const stopped = http.close();
    await refused(http.url);
    release();
    expect((await underWay).body).toEqual({ answered: true });
    await stopped;
  });

  it('refuses what comes on a connection that is kept, as a problem', async () => {
    http = await serve([Customers]);
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const socket = connect(Number(new URL(http.url).port), '127.0.0.1');
    let answered = '';
    socket.on('data', (chunk) => (answered += String(chunk)));
    const ask = (path: string): boolean =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.keys['analyst']}\r\n\r\n`,
      );
    ask('/v1/customers/slow/answer');
    await inside;
    const stopped = http.close();
    await refused(http.url);
    ask(`/v1/customers/${ID}`);
    release();
    await stopped;
    const [, first, second] = answered.split('HTTP/1.1 ');
    expect(first).toMatch(/^200 /);
    expect(second).toMatch(/^503 [^]*application\/problem\+json[^]*"code":"unavailable"/);
    const codes = http.logged.map((line) => JSON.parse(line).code as unknown);
    expect(codes).toContain('unavailable');
  });

  it('cuts off what takes longer than its grace', async () => {
    http = await serve([Customers], {}, { graceMs: 50 });
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const underWay = http.get('/v1/customers/slow/answer', 'analyst').then(
      () => 'answered',
      () => 'cut off',
    );
    await inside;
    await http.close();
    expect(await underWay).toBe('cut off');
    release();
  });
});

describe('a hundred idle connections and a flood', () => {
  it('do not keep others from being served', async () => {
    http = await serve([Customers]);
    const port = Number(new URL(http.url).port);
    const idle = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    const flood = Buffer.alloc(1024 * 1024, 'x');
    const flooding = connect(port, '127.0.0.1').on('error', () => undefined); // reset, once it is refused
    const head = `POST /v1/customers/${ID}/notes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.keys['back-office']}\r\n`;
    flooding.write(`${head}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`);
    flooding.write(`${flood.length.toString(16)}\r\n`);
    flooding.write(flood);
    const [answered] = await once(flooding, 'data');
    expect(String(answered)).toMatch(/^HTTP\/1\.1 413 /);
    expect((await http.get('/health/live', null)).status).toBe(200);
    for (const socket of [flooding, ...idle]) socket.destroy();
  });
});

/** Waits until connections are refused. */
async function refused(url: string): Promise<void> {
  for (;;) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const outcome = await once(socket, 'connect').then(
      () => 'open',
      () => 'refused',
    );
    socket.destroy();
    if (outcome === 'refused') return;
  }
}
