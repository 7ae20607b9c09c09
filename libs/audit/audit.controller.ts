import { Controller, Get, Param, Query, Req, StreamableFile } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiProduces } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Gone, PageQuery, QueryRoute, Reply, streamOf, type Principal } from '#http/index.js';
import type { CustomerId } from '#kernel';
import { CustomerPath, StateQuery, VerifyQuery } from './dto.js';
import * as examples from './examples.js';
import { History } from './history.js';
import { ndjson } from './ndjson.js';
import { Replay, type ReplayAnswer } from './replay.query.js';
import { GetStateAsOf, type StateAnswer } from './state.query.js';
import type { StreamReport } from './verification.js';
import { mustBeIntact, VerifyCustomer, VerifyLog, type LogAnswer } from './verify.query.js';

const AUDITORS = ['auditor', 'admin'] as const;

@Controller('v1/audit')
export class AuditController {
  constructor(
    private readonly queries: QueryBus,
    private readonly history: History,
  ) {}

  @Get('customers/:customer/events')
  @QueryRoute({
    tag: 'Audit',
    summary: "Replay a customer's history, event by event",
    description:
      'In the order of recording. Events of a kind that this build does not know are shown as they are stored.',
    roles: AUDITORS,
    example: { items: [examples.EVENT], next: null },
  })
  events(@Param() path: CustomerPath, @Query() query: PageQuery): Promise<ReplayAnswer> {
    return this.queries.execute(new Replay(path.customer as CustomerId, query));
  }

  @Get('customers/:customer/state')
  @QueryRoute({
    tag: 'Audit',
    summary: 'Profile and timeline as of a time or a position',
    description:
      '`as=known`: as Touchstone would have shown it then. `as=true`: as it was then, by what is known today; corrections and retractions belong to the time of their touchpoint.',
    roles: ['analyst', ...AUDITORS],
    example: examples.STATE,
  })
  state(
    @Param() path: CustomerPath,
    @Query() query: StateQuery,
    @Caller() caller: Principal,
  ): Promise<StateAnswer> {
    return this.queries.execute(new GetStateAsOf(path.customer as CustomerId, query, caller));
  }

  @Get('customers/:customer/verify')
  @QueryRoute({
    tag: 'Audit',
    summary: "Verify that a customer's history is complete and unchanged",
    roles: AUDITORS,
    example: examples.STREAM_INTACT,
  })
  verifyCustomer(@Param() path: CustomerPath, @Gone() gone: AbortSignal): Promise<StreamReport> {
    return this.queries.execute(new VerifyCustomer(path.customer as CustomerId, gone));
  }

  @Get('customers/:customer/export')
  @QueryRoute({
    tag: 'Audit',
    summary: "A customer's events as they are stored, as NDJSON",
    description: `To check the chain without trusting this server: hash = sha256hex(previousHash + "\\n" + JCS({data, id, metadata without "hash", revision, stream, type})), the first previousHash being 64 zeros and JCS RFC 8785.`,
    roles: AUDITORS,
    long: true,
    example: examples.EXPORTED,
  })
  @ApiProduces('application/x-ndjson')
  async export(
    @Param() { customer }: CustomerPath,
    @Gone() gone: AbortSignal,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Promise<StreamableFile> {
    await this.history.mustExist(customer as CustomerId);
    const lines = ndjson(this.history.stored(customer as CustomerId), gone);
    return new StreamableFile(streamOf(lines, request, reply), {
      type: 'application/x-ndjson',
      disposition: `attachment; filename="customer-${customer}.ndjson"`,
    });
  }

  @Get('verify')
  @QueryRoute({
    tag: 'Audit',
    summary: 'Verify the whole log',
    description:
      'Each event as it was appended, and found where readers look for it. With a checkpoint that was kept elsewhere, also that nothing up to there was chained anew, put in another order or cut off.',
    roles: AUDITORS,
    long: true,
    example: examples.LOG_BROKEN,
  })
  verifyLog(@Query() query: VerifyQuery, @Gone() gone: AbortSignal): Promise<LogAnswer> {
    return this.queries.execute(new VerifyLog(query, gone));
  }

  @Get('checkpoints')
  @QueryRoute({
    tag: 'Audit',
    summary: 'Verify the whole log and certify it',
    description:
      'Keep the checkpoint where nobody who can write the log can write. It is `2:<position>:<digest>`, the digest being sha256hex of a line `<position> <hash>\\n` for each event up to there, in the order of the log.',
    roles: AUDITORS,
    long: true,
    refusals: { 'log.broken': 'the log does not verify' },
    example: examples.LOG_INTACT,
  })
  async checkpoints(@Gone() gone: AbortSignal): Promise<LogAnswer> {
    return mustBeIntact(await this.queries.execute(new VerifyLog({}, gone)));
  }
}
