import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { Controller, Get, Req, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Role } from '#kernel';
import { serve, type HttpUnderTest } from '#test/support/http-app.js';
import { until } from '#test/support/until.js';
import { Gone, QueryRoute, Reply, streamOf } from './index.js';

const MOST = 10;

@Controller('v1')
class Endless {
  @QueryRoute({ summary: 'News', roles: ['analyst', 'auditor'], example: '', long: true })
  @Get('news/:of')
  news(
    @Gone() gone: AbortSignal,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): StreamableFile {
    const text = (async function* () {
      yield 'news\n';
      await once(gone, 'abort');
    })();
    return new StreamableFile(streamOf(text, request, reply));
  }

  @QueryRoute({ summary: 'More news', roles: ['analyst'], example: '', long: true })
  @Get('more')
  more(): object {
    return {};
  }
}

let http: HttpUnderTest;
const open: IncomingMessage[] = [];
beforeEach(async () => {
  http = await serve([Endless]);
});
afterEach(async () => {
  for (const one of open.splice(0)) one.destroy();
  await http.close();
});

async function ask(path: string, role: Role = 'analyst'): Promise<IncomingMessage> {
  const request = get(http.url + path, { headers: { authorization: `Bearer ${http.keys[role]}` } });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  open.push(answer);
  return answer;
}
const statusOf = async (path: string, role?: Role): Promise<number | undefined> =>
  (await ask(path, role)).statusCode;
const openMost = async (): Promise<void> => {
  for (let n = 0; n < MOST; n++) expect(await statusOf(`/v1/news/${n}`)).toBe(200);
};

describe('Long answers', () => {
  it('are given ten at once for each key, and then refused until one ends', async () => {
    await openMost();
    const refused = await http.get('/v1/news/11', 'analyst');
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_streams']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    open[3]?.destroy();
    await until(async () => (await statusOf('/v1/news/11')) === 200);
  });

  it('are counted for each key, and for each route', async () => {
    await openMost();
    expect(await statusOf('/v1/news/1', 'auditor')).toBe(200);
    expect(await statusOf('/v1/more')).toBe(200);
  });

  it('are counted no longer than they last', async () => {
    for (let n = 0; n < 3 * MOST; n++) expect((await http.get('/v1/more', 'analyst')).status).toBe(200);
  });

  it('are not counted where they are refused', async () => {
    for (let n = 0; n < 3 * MOST; n++) expect(await statusOf('/v1/news/1', 'admin')).toBe(403);
    await openMost();
  });

  it('say in the document how many there are at once', async () => {
    const { body } = await http.get('/openapi.json', null);
    const { description, responses } = body.paths['/v1/news/{of}'].get;
    expect(description).toContain('10 at once');
    const { $ref } = responses['429'] as { $ref: string };
    expect($ref).toBe('#/components/responses/too_many_streams');
    expect(body.components.responses.too_many_streams.headers).toHaveProperty('Retry-After');
  });
});
