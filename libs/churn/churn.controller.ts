import { Controller, Get, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { csv, csvAnswer, QueryRoute, Reply, wantsCsv, type Column } from '#http/index.js';
import { GetAtRisk, type AtRiskAnswer } from './at-risk.query.js';
import * as dto from './dto.js';
import * as examples from './examples.js';
import { GetCauses, GetCohorts, GetRetention, GetSummary, GetSurvival } from './queries.js';
import type { Answer } from './queries/answer.js';
import type { CauseRow } from './queries/causes.js';
import type { CohortRow } from './queries/cohorts.js';
import type { RetentionRow } from './queries/retention.js';
import type { SummaryRow } from './queries/summary.js';
import type { SurvivalRow } from './queries/survival.js';
import * as tables from './tables.js';

const ANALYSTS = ['analyst', 'auditor', 'admin'] as const;

const about = (summary: string, description: string, example: object) =>
  ({ tag: 'Churn', summary, description, roles: ANALYSTS, csv: true, example }) as const;

/** The answer, or the text of the table that was asked for. */
type Answered<Item> = Promise<Answer<Item> | string>;

@Controller('v1/churn')
export class ChurnController {
  constructor(private readonly queries: QueryBus) {}

  @Get('retention')
  @QueryRoute(
    about(
      'How customers and their revenue are kept',
      'Over windows of 1, 3, 6 or 12 whole months. Rates are null where nobody was there at the start, and until the ' +
        'window is over. Recurring revenue is of contracts; transactional of purchases, for windows of a year.',
      examples.RETENTION,
    ),
  )
  async retention(
    @Query() query: dto.RetentionQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Answered<RetentionRow> {
    const found = await this.queries.execute(new GetRetention(query, nowOf(request)));
    return shown(request, reply, 'retention', found, tables.retentionTable, found.items);
  }

  @Get('cohorts')
  @QueryRoute(
    about(
      'Who still buys, by the period of the first purchase',
      'A row a cohort and month of age; the rows with cohort null are all complete ones together.',
      examples.COHORTS,
    ),
  )
  async cohorts(
    @Query() query: dto.CohortsQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Answered<CohortRow> {
    const found = await this.queries.execute(new GetCohorts(query, nowOf(request)));
    return shown(request, reply, 'cohorts', found, tables.cohortTable, found.items);
  }

  @Get('survival')
  @QueryRoute(
    about(
      'How long customers stay',
      'Kaplan–Meier with Greenwood errors and log-log intervals, in calendar months. `contract` ends with the ' +
        'contract; `rule` is the inactivity rule of the definition, which is a rule and not a fact.',
      examples.SURVIVAL,
    ),
  )
  async survival(
    @Query() query: dto.FiguresQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Answered<SurvivalRow> {
    const found = await this.queries.execute(new GetSurvival(query, nowOf(request)));
    return shown(request, reply, 'survival', found, tables.survivalTable, tables.stepsOf(found.items));
  }

  @Get('causes')
  @QueryRoute(
    about(
      'Why customers left, the largest cause first',
      'Of declared defections, and of contracts that ended of customers who had not left. `value` is what was lost a year: ' +
        'of a contract its price; of a defection as declared, or else what was bought in the 365 days before and the ' +
        'prices of the contracts then in force.',
      examples.CAUSES,
    ),
  )
  async causes(
    @Query() query: dto.CausesQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Answered<CauseRow> {
    const found = await this.queries.execute(new GetCauses(query, nowOf(request)));
    return shown(request, reply, 'causes', found, tables.causeTable, found.items);
  }

  @Get('summary')
  @QueryRoute(
    about(
      'How things stand',
      'The last month and year, who is at risk, and what was lost and why.',
      examples.SUMMARY,
    ),
  )
  async summary(
    @Query() query: dto.FiguresQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Answered<SummaryRow> {
    const found = await this.queries.execute(new GetSummary(query, nowOf(request)));
    return shown(request, reply, 'churn-summary', found, tables.summaryTable, found.items);
  }

  @Get('at-risk')
  @QueryRoute({
    ...about(
      'Who is at risk, and why',
      'First those of whom a notice or a declared defection says that something ends, then those who have not bought for ' +
        'long; nearest first. `n` is of the page.',
      examples.AT_RISK,
    ),
    roles: ['back-office', ...ANALYSTS],
  })
  async atRisk(
    @Query() query: dto.AtRiskQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Promise<AtRiskAnswer | string> {
    const found = await this.queries.execute(new GetAtRisk(query, nowOf(request)));
    return shown(request, reply, 'at-risk', found, tables.atRiskTable, found.items);
  }
}

const nowOf = ({ server }: FastifyRequest) => server.services.clock.now();

function shown<A extends Answer<unknown>, Row>(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  answer: A,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): A | string {
  if (!wantsCsv(request)) return answer;
  return csvAnswer(reply, name, csv(tables.framed(answer, columns), rows));
}
