import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Body, Controller, Post } from '@nestjs/common';
import { serve, type HttpUnderTest } from '#test/support/http-app.js';
import { until } from '#test/support/until.js';
import { Ndjson, Roles, Text } from './index.js';

class Note {
  @Text({ max: 20, example: 'Called back' }) readonly text!: string;
}

@Controller('v1')
class Notes {
  @Roles('back-office')
  @Post('notes')
  write(@Body() { text }: Note): object {
    return { text };
  }

  /** Answers after the first chunk, as an import does that takes no further line. */
  @Ndjson()
  @Roles('back-office')
  @Post('lines')
  async take(@Body() body: Readable): Promise<object> {
    for await (const _ of body.iterator({ destroyOnReturn: false })) break;
    return { taken: true };
  }
}

let http: HttpUnderTest;
const ends: (() => void)[] = [];
beforeEach(async () => {
  http = await serve([Notes], {}, { arrivalMs: 300, headersMs: 300, lingerMs: 200 });
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await http.close();
});

/** Sends a byte every few milliseconds, and takes no notice of what it is answered or that the server has ended. */
function dribble(head: string, byte = 'x'): { answered(): string } {
  const port = Number(new URL(http.url).port);
  const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.on('error', () => undefined); // reset, in the end
  socket.write(head);
  const dribbling = setInterval(() => socket.write(byte), 20);
  socket.once('close', () => clearInterval(dribbling));
  ends.push(() => socket.destroy());
  return { answered: () => text };
}

const open = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = http.app.getHttpServer() as Server;
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });

const post = (path: string, type: string, length = 'content-length: 100000'): string =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.keys['back-office']}\r\ncontent-type: ${type}\r\n${length}\r\n\r\n`;
const asNobody = (request: string): string => request.replace(/authorization.*\r\n/, '');
const CHUNKED = 'transfer-encoding: chunked';

const SENDERS: readonly (readonly [string, number, () => { answered(): string }])[] = [
  ['its body', 408, () => dribble(`${post('/v1/notes', 'application/json')}{"text":"`)],
  ['a body in chunks', 408, () => dribble(`${post('/v1/notes', 'application/json', CHUNKED)}`, '1\r\nx\r\n')],
  ['its headers', 408, () => dribble('GET /v1/notes HTTP/1.1\r\nhost: x\r\nx-long: ')],
  ['what is not HTTP', 400, () => dribble('\u0016\u0003\u0001\r\n\r\n')],
  [
    'a chunk without end',
    400,
    () => dribble(`${post('/v1/notes', 'application/json', CHUNKED)}nonsense\r\n`),
  ],
  ['a body without a key', 401, () => dribble(asNobody(post('/v1/notes', 'application/json')))],
  ['a body of another type', 415, () => dribble(post('/v1/notes', 'application/x-ndjson'))],
  ['lines of which no more are taken', 201, () => dribble(post('/v1/lines', 'application/x-ndjson'))],
];

describe('A sender who dribbles', () => {
  it.each(SENDERS)('%s is answered %i, and then the connection is gone', async (_, status, begin) => {
    const senders = Array.from({ length: 10 }, begin);
    await until(() => senders.every(({ answered }) => answered() !== ''));
    for (const { answered } of senders) expect(answered()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    await until(async () => (await open()) === 0);
  });

  it('does not keep others from being answered', async () => {
    dribble(post('/v1/notes', 'application/json'));
    const { status } = await http.post('/v1/notes', { text: 'Called back' });
    expect(status).toBe(201);
  });
});

describe('A sender who sends all of a body that is refused', () => {
  it('keeps the connection for the next request', async () => {
    const socket = connect(Number(new URL(http.url).port), '127.0.0.1');
    ends.push(() => socket.destroy());
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.write(asNobody(post('/v1/notes', 'application/json', 'content-length: 5')));
    await until(() => text.includes('HTTP/1.1 401'));
    socket.write('{"a":');
    socket.write(`${post('/v1/notes', 'application/json', 'content-length: 12')}{"text":"a"}`);
    await until(() => text.includes('HTTP/1.1 201'));
  });
});
