import { Controller, Get, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Gone, QueryRoute, Reply, streamOf, type Principal } from '#http/index.js';
import { FollowQuery } from './dto.js';
import { EVENT } from './examples.js';
import { Follow } from './follow.js';
import { serverSentEvents } from './server-sent-events.js';

@Controller('v1/events')
export class LiveController {
  constructor(private readonly follow: Follow) {}

  @Get()
  @QueryRoute({
    tag: 'Live',
    summary: 'Follow what happens, live, from any position',
    description:
      'Server-sent events: `id` is the position, `event` the type, `data` the event as JSON; `caught-up` says that what follows is live. `revoked` says that the API key was revoked, and is the last. A stream that ends without it, or breaks off, is gone on with by sending `Last-Event-ID`. Analysts see personal fields masked.',
    roles: ['back-office', 'analyst', 'auditor', 'admin'],
    long: true,
    refusals: { 'log.shorter': 'the log ends before that position: it is an older or another log' },
    example: `id: 1042\nevent: ${EVENT.type}\ndata: ${JSON.stringify(EVENT)}\n\n`,
  })
  @ApiProduces('text/event-stream')
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The position to go on behind.',
    example: '1042',
  })
  async events(
    @Query() query: FollowQuery,
    @Caller() caller: Principal,
    @Gone() gone: AbortSignal,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Promise<StreamableFile> {
    const following = await this.follow.from(query, request.headers['last-event-id'], caller, gone);
    // A connection that carried an event stream carries nothing after it: the server need not keep it when it stops.
    reply.headers({ connection: 'close', 'x-accel-buffering': 'no' });
    return new StreamableFile(streamOf(serverSentEvents(following), request, reply), {
      type: 'text/event-stream; charset=utf-8',
    });
  }
}
