import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Controller, Get, Req, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { serve, type HttpUnderTest } from '#test/support/http-app.js';
import { Gone, QueryRoute, Reply, streamOf } from './index.js';

let began: (signal: AbortSignal) => void;
let signal: Promise<AbortSignal>;

@Controller('v1')
class Long {
  /** Waits for its signal, and then answers all the same. */
  @QueryRoute({ summary: 'Wait', roles: ['analyst'], example: {} })
  @Get('wait')
  async wait(@Gone() gone: AbortSignal): Promise<object> {
    began(gone);
    await once(gone, 'abort');
    throw gone.reason;
  }

  /** Looks at no signal. */
  @QueryRoute({ summary: 'Go on for ever', roles: ['analyst'], example: '' })
  @Get('endless')
  endless(
    @Gone() gone: AbortSignal,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): StreamableFile {
    began(gone);
    const text = (async function* () {
      for (;;) yield 'x'.repeat(10_000);
    })();
    return new StreamableFile(streamOf(text, request, reply));
  }
}

let http: HttpUnderTest;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await http.close();
});
const expectBeginning = (): void => {
  signal = new Promise((resolve) => (began = resolve));
};

function ask(path: string, headers = ''): Socket {
  const socket = connect(Number(new URL(http.url).port), '127.0.0.1');
  socket.on('error', () => undefined); // reset, where it is cut
  sockets.push(socket);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.keys['analyst']}\r\n`);
  socket.write(`${headers}\r\n`);
  return socket;
}

describe('The signal of a long answer', () => {
  it('aborts when the key of the caller is revoked, and its reason is a 401', async () => {
    http = await serve([Long]);
    expectBeginning();
    const answer = http.get('/v1/wait', 'analyst').then((answered) => answered);
    await signal;
    http.revoke('auditor'); // another
    expect((await signal).aborted).toBe(false);
    http.revoke('analyst');
    const { status, body, headers } = await answer;
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
    expect(headers['www-authenticate']).toContain('invalid_token');
  });

  it('aborts when the caller goes away, and that is no failure', async () => {
    http = await serve([Long]);
    expectBeginning();
    const socket = ask('/v1/wait');
    const gone = await signal;
    const aborted = once(gone, 'abort');
    socket.destroy();
    await aborted;
    expect(http.logged.map((line) => JSON.parse(line).msg as unknown)).not.toContain('unavailable');
  });

  it('aborts when the server stops, and its reason is a 503', async () => {
    http = await serve([Long]);
    expectBeginning();
    const answer = http.get('/v1/wait', 'analyst').then((answered) => answered);
    await signal;
    await http.close();
    expect((await answer).status).toBe(503);
  });

  it('is not given to a caller whose key was revoked after the request was let in', async () => {
    let goOn = (): void => undefined;
    let entered = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (entered = resolve));
    const waitFor = (): Promise<boolean> =>
      new Promise((resolve) => {
        goOn = () => resolve(true);
        entered();
      });
    http = await serve([Long], { waitFor });
    const answer = http
      .get('/v1/wait', 'analyst')
      .set('touchstone-at-least', '1')
      .then((one) => one);
    await waiting;
    http.revoke('analyst');
    goOn();
    expect((await answer).status).toBe(401);
  });
});

describe('An answer that does not end by itself', () => {
  it('is cut soon after the key is revoked', async () => {
    http = await serve([Long], {}, { graceMs: 50 });
    expectBeginning();
    const socket = ask('/v1/endless'); // and never reads
    await signal;
    http.revoke('analyst');
    socket.resume();
    await once(socket, 'close');
  });
});

describe('A caller who waits for the views', () => {
  it('is refused when the key is revoked', async () => {
    let entered = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (entered = resolve));
    const waitFor = async (_: bigint, __: number, until: AbortSignal): Promise<boolean> => {
      entered();
      await once(until, 'abort');
      throw until.reason;
    };
    http = await serve([Long], { waitFor });
    const answer = http
      .get('/v1/wait', 'analyst')
      .set('touchstone-at-least', '1')
      .then((one) => one);
    await waiting;
    http.revoke('analyst');
    expect((await answer).status).toBe(401);
  });
});
