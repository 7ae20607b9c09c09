import { Controller, Get, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { csv, csvAnswer, QueryRoute, Reply, wantsCsv, type Page } from '#http/index.js';
import { SpendRecordSchema } from './answers.js';
import { SpendQuery, SpendRecordsQuery } from './dto.js';
import { FindSpendRecords, SumSpend, type SpendRow, type SpendSums } from './queries.js';
import type { SpendRecord } from './views/spend.js';

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
  constructor(private readonly queries: QueryBus) {}

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
    page: SpendRecordSchema,
    example: { items: [RECORD], next: null },
  })
  records(@Query() query: SpendRecordsQuery): Promise<Page<SpendRecord>> {
    return this.queries.execute(new FindSpendRecords(query));
  }
}
