import { Body, Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
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
import { derivedId, given, type CommandContext } from '#kernel';
import { campaign, campaignStream, type CampaignCommand } from './campaign.js';
import * as dto from './dto.js';
import { DEFAULT_SPEND_POLICY, SPEND_POLICIES, type SpendPolicy } from './events.js';
import * as queries from './queries.js';
import { spend, spendStream } from './spend.js';
import { spendPolicy } from './spend-policy.js';
import type { Campaign } from './views/campaigns.js';
import type { SpendRecord } from './views/spend.js';

const WRITERS = ['back-office', 'admin'] as const;
const READERS = ['back-office', 'analyst', 'auditor', 'admin'] as const;
const CAMPAIGN = {
  campaignId: 'spring-2026', name: 'Spring 2026', purpose: 'acquisition', startsOn: '2026-03-01', segment: 'premium',
}; // prettier-ignore
const RECORD = {
  spendId: 'inv-4711', purpose: 'acquisition', spentOn: '2026-03-02', amount: { minor: 60_000, currency: 'GBP' },
  addressed: 10_000, segment: 'premium', campaign: 'spring-2026', recordedAt: '2026-03-03T09:30:00.000Z',
}; // prettier-ignore
const ROW = {
  code: 'premium', purpose: 'acquisition', month: '2026-03', minor: 60_000, currency: 'GBP', addressed: 10_000, records: 1,
}; // prettier-ignore

@Controller('v1/campaigns')
export class CampaignsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @CommandRoute({
    tag: 'Marketing',
    summary: 'Launch a campaign',
    roles: WRITERS,
    ids: { campaignId: 'spring-2026' },
    refusals: {
      'campaign.exists': 'another campaign has this id',
      'campaign.ends_before_start': 'endsOn is before startsOn',
    },
  })
  launch(
    @Body() { campaignId, ...body }: dto.LaunchCampaignDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<Answer<{ campaignId: string }>> {
    const data = given(body) as typeof body;
    const id = campaignId ?? derivedId(context.commandId, 'campaign');
    return this.decide(id, { type: 'LaunchCampaign', data }, context, reply);
  }

  @Post(':campaign/end')
  @CommandRoute({
    tag: 'Marketing',
    summary: 'End a campaign',
    roles: WRITERS,
    ids: { campaignId: 'spring-2026' },
    refusals: {
      'campaign.not_found': 'no such campaign',
      'campaign.ended': 'it ended on another day',
      'campaign.ends_before_start': 'it had not begun',
    },
  })
  end(
    @Param() path: dto.CampaignPath,
    @Body() { endedOn }: dto.EndCampaignDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<Answer<{ campaignId: string }>> {
    return this.decide(path.campaign, { type: 'EndCampaign', data: { endedOn } }, context, reply);
  }

  @Get()
  @QueryRoute({
    tag: 'Marketing',
    summary: 'Find campaigns',
    description: 'The latest first.',
    roles: READERS,
    example: { items: [CAMPAIGN], next: null },
  })
  find(@Query() query: dto.CampaignsQuery): Promise<Page<Campaign>> {
    return this.queries.execute(new queries.FindCampaigns(query));
  }

  @Get(':campaign')
  @QueryRoute({ tag: 'Marketing', summary: 'A campaign', roles: READERS, example: CAMPAIGN })
  one(@Param() path: dto.CampaignPath): Promise<Campaign> {
    return this.queries.execute(new queries.GetCampaign(path.campaign));
  }

  private async decide(
    campaignId: string,
    command: CampaignCommand,
    context: CommandContext,
    reply: FastifyReply,
  ): Promise<Answer<{ campaignId: string }>> {
    const decide = new Decide(campaignStream(campaignId), campaign, command, context);
    return answer(reply, await this.commands.execute(decide), { campaignId });
  }
}

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
    @Body() body: dto.RecordSpendDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<Answer<{ spendId: string }>> {
    const spendId = body.spendId ?? derivedId(context.commandId, 'spend');
    const data = { ...(given(body) as typeof body), spendId };
    const decide = new Decide(spendStream(body.spentOn), spend, { type: 'RecordSpend', data }, context);
    return answer(reply, await this.commands.execute(decide), { spendId });
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
    @Query() query: dto.SpendQuery,
    @Req() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ): Promise<queries.SpendSums | string> {
    const sums = await this.queries.execute(new queries.SumSpend(query));
    if (!wantsCsv(request)) return sums;
    const columns = (['code', 'month', 'purpose', 'minor', 'currency', 'addressed', 'records'] as const).map(
      (name) => ({ name, value: (row: queries.SpendRow) => row[name] }),
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
  records(@Query() query: dto.SpendRecordsQuery): Promise<Page<SpendRecord>> {
    return this.queries.execute(new queries.FindSpendRecords(query));
  }
}

@Controller('v1/policies/spend')
export class SpendPoliciesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @CommandRoute({
    tag: 'Marketing',
    summary: 'Publish a spend policy',
    description:
      'By it loyalty classes are told apart. It holds from now on; earlier classes stay explained by theirs.',
    roles: WRITERS,
    ids: { version: '1' },
    refusals: {
      'spend_policy.currency': 'no such currency',
      'spend_policy.declared_twice': 'a unit is declared twice',
      'spend_policy.no_room': 'freeRetention is not below retentionCeiling',
    },
  })
  async publish(
    @Body() body: dto.PublishSpendPolicyDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<Answer<{ version: string }>> {
    const { units, ...rules } = given(body) as typeof body;
    const data = { ...rules, ...(units && { units: units.map((unit) => given(unit) as typeof unit) }) };
    const decide = new Decide(SPEND_POLICIES, spendPolicy, { type: 'PublishSpendPolicy', data }, context);
    const handled = await this.commands.execute(decide);
    return answer(reply, handled, { version: String(handled.revision + 1n) });
  }

  @Get()
  @QueryRoute({
    tag: 'Marketing',
    summary: 'All spend policies, and the current one',
    roles: READERS,
    example: { current: DEFAULT_SPEND_POLICY, items: [DEFAULT_SPEND_POLICY] },
  })
  all(): Promise<{ current: SpendPolicy; items: readonly SpendPolicy[] }> {
    return this.queries.execute(new queries.GetSpendPolicies());
  }

  @Get(':version')
  @QueryRoute({
    tag: 'Marketing',
    summary: 'A version of the spend policy',
    description: 'Version 0 is the default.',
    roles: READERS,
    example: DEFAULT_SPEND_POLICY,
  })
  one(@Param() path: dto.PolicyPath): Promise<SpendPolicy> {
    return this.queries.execute(new queries.GetSpendPolicy(path.version));
  }
}
