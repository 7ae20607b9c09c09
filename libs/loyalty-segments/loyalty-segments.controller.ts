import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { csv, csvAnswer, QueryRoute, Reply, wantsCsv, type Column } from '#http/index.js';
import type { Instant } from '#kernel';
import { historyColumns, unitColumns } from './csv-columns.js';
import * as dto from './dto.js';
import { CUSTOMER, HISTORY, UNIT, UNITS } from './examples.js';
import { GetCustomerValue, type CustomerValueAnswer } from './queries/customer-value.js';
import { GetLoyaltyHistory, type HistoryAnswer } from './queries/history.js';
import {
  GetLoyaltySegment,
  ListLoyaltySegments,
  type UnitAnswer,
  type UnitsAnswer,
} from './queries/loyalty-segments.js';

const READERS = ['analyst', 'auditor', 'admin'] as const;
const REFUSALS = { 'window.in_the_future': 'the window ends after the month that runs' };

@Controller('v1')
export class LoyaltySegmentsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('loyalty-segments')
  @QueryRoute({
    tag: 'Loyalty segments',
    summary: 'Which units are run as acquirers, retainers or profit-maximizers',
    description:
      'In the order of codes. The figures cannot always carry a class: `reasons` then says why not.',
    roles: READERS,
    refusals: REFUSALS,
    example: UNITS,
    csv: true,
  })
  async list(
    @Query() query: dto.UnitsQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Promise<UnitsAnswer | string> {
    const { by, limit, cursor } = query;
    const asked = dto.asked(query, nowOf(request));
    const answer = await this.queries.execute(new ListLoyaltySegments(by, asked, { limit, cursor }));
    return rendered(request, reply, `loyalty-segments-${by}`, answer, unitColumns, answer.items);
  }

  @Get('loyalty-segments/:by/:code')
  @QueryRoute({
    tag: 'Loyalty segments',
    summary: 'How one unit is run, and what split and level of spend would be better',
    roles: READERS,
    refusals: REFUSALS,
    example: UNIT,
    csv: true,
  })
  async one(
    @Param() path: dto.UnitPath,
    @Query() query: dto.WindowQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Promise<UnitAnswer | string> {
    const asked = dto.asked(query, nowOf(request));
    const answer = await this.queries.execute(new GetLoyaltySegment(dto.unitAt(path), asked));
    return rendered(request, reply, `loyalty-segment-${path.code}`, answer, unitColumns, [answer]);
  }

  @Get('loyalty-segments/:by/:code/history')
  @QueryRoute({
    tag: 'Loyalty segments',
    summary: "A unit's class at month-ends",
    description:
      'Each under the policy then in force and under the current one, so that a change of class is explained by ' +
      'the data or by the policy.',
    roles: READERS,
    refusals: REFUSALS,
    example: HISTORY,
    csv: true,
  })
  async history(
    @Param() path: dto.UnitPath,
    @Query() query: dto.HistoryQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Promise<HistoryAnswer | string> {
    const asked = dto.asked(query, nowOf(request));
    const answer = await this.queries.execute(new GetLoyaltyHistory(dto.unitAt(path), asked, query.months));
    return rendered(request, reply, `loyalty-history-${path.code}`, answer, historyColumns, answer.items);
  }

  @Get('customers/:customer/value')
  @QueryRoute({
    tag: 'Loyalty segments',
    summary: 'What a customer brought and cost, and whether keeping it pays at the margin',
    description: 'A customer has no class of its own: it is shown the class of its unit.',
    roles: ['back-office', ...READERS],
    refusals: { ...REFUSALS, 'customer.not_found': 'no such customer' },
    example: CUSTOMER,
  })
  value(
    @Param() path: dto.CustomerPath,
    @Query() query: dto.WindowQuery,
    @Req() request: FastifyRequest,
  ): Promise<CustomerValueAnswer> {
    return this.queries.execute(new GetCustomerValue(path.customer, dto.asked(query, nowOf(request))));
  }
}

const nowOf = ({ server }: FastifyRequest): Instant => server.services.clock.now();

function rendered<Answer, Row>(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  answer: Answer,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Answer | string {
  return wantsCsv(request) ? csvAnswer(reply, name, csv(columns, rows)) : answer;
}
