import { Body, Controller, Get, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Decide } from '#commands/index.js';
import {
  answer,
  CommandRoute,
  Context,
  csv,
  csvAnswer,
  QueryRoute,
  Reply,
  wantsCsv,
  type Answer,
  type Page,
} from '#http/index.js';
import { addressedBy, derivedId, given, type CommandContext } from '#kernel';
import { RecordSpendDto, SpendQuery, SpendRecordsQuery } from './dto.js';
import { FindSpendRecords, SumSpend, type SpendRow, type SpendSums } from './queries.js';
import { spend, spendStream } from './spend.js';
import type { SpendRecord } from './views/spend.js';

const WRITERS = ['back-office', 'admin'] as const;
const READERS = ['back-office', 'analyst', 'auditor', 'admin'] as const;
const RECORD = {
  spendId: 'inv-4711', purpose: 'acquisition', spentOn: '2026-03-02', amount: { minor: 60_000, currency: 'GBP' },
  addressed: 10_000, segment: 'premium', campaign: 'spring-2026', recordedAt: '2026-03-03T09:30:00.000Z',
}; // prettier-ignore
const ROW = {
  code: 'premium', purpose: 'acquisition', month: '2026-03', minor: 60_000, currency: 'GBP', addressed: 10_000, records: 1,
}; // prettier-ignore

@Controller('v1/spend')
export class SpendController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @CommandRoute({
    tag: 'Marketing',
    summary: 'Record spend',
    description:
      'What was spent on customers, and what for. The same spendId in the same month is recorded once.',
    roles: WRITERS,
    ids: { spendId: 'inv-4711' },
    refusals: {
      'spend.addressed': 'only acquisition addresses prospects',
      'spend.taken_back': 'more would be taken back than the month holds',
    },
  })
  async record(
    @Body() body: RecordSpendDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<Answer<{ spendId: string }>> {
    const spendId = (commandId: string): string => body.spendId ?? derivedId(commandId, 'spend');
    const data = { ...(given(body) as typeof body), spendId: spendId(context.commandId) };
    const stream = spendStream(body.spentOn);
    const command = { type: 'RecordSpend', data } as const;
    const handled = await this.commands.execute(
      new Decide(stream, spend, command, addressedBy(context, undefined)),
    );
    return answer(reply, handled, { spendId: spendId(handled.commandId) });
  }

  @Get()
  @QueryRoute({
    tag: 'Marketing',
    summary: 'Sums of spend by month, purpose and dimension',
    description: 'Spend that names no segment is in no row of by=segment; all of it is in by=all.',
    roles: READERS,
    example: { by: 'segment', from: '2026-01', to: '2026-04', position: '1042', items: [ROW] },
    csv: true,
  })
  async sums(
    @Query() query: SpendQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Promise<SpendSums | string> {
    const sums = await this.queries.execute(new SumSpend(query));
    if (!wantsCsv(request)) return sums;
    const columns = (['code', 'month', 'purpose', 'minor', 'currency', 'addressed', 'records'] as const).map(
      (name) => ({ name, value: (row: SpendRow) => row[name] }),
    );
    return csvAnswer(reply, `spend-${query.from}-${query.to}`, csv(columns, sums.items));
  }

  @Get('records')
  @QueryRoute({
    tag: 'Marketing',
    summary: 'Spend records',
    description: 'In the order of days.',
    roles: READERS,
    example: { items: [RECORD], next: null },
  })
  records(@Query() query: SpendRecordsQuery): Promise<Page<SpendRecord>> {
    return this.queries.execute(new FindSpendRecords(query));
  }
}
