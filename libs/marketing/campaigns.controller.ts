import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { Decide, type Handled } from '#commands/index.js';
import { answer, CommandRoute, Context, QueryRoute, Reply, type Answer, type Page } from '#http/index.js';
import { addressedBy, derivedId, given, type CommandContext } from '#kernel';
import { campaign, campaignStream, type CampaignCommand } from './campaign.js';
import { CampaignPath, CampaignsQuery, EndCampaignDto, LaunchCampaignDto } from './dto.js';
import { FindCampaigns, GetCampaign } from './queries.js';
import type { Campaign } from './views/campaigns.js';

const WRITERS = ['back-office', 'admin'] as const;
const READERS = ['back-office', 'analyst', 'auditor', 'admin'] as const;
const CAMPAIGN = {
  campaignId: 'spring-2026', name: 'Spring 2026', purpose: 'acquisition', startsOn: '2026-03-01', segment: 'premium',
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
  async launch(
    @Body() { campaignId, ...body }: LaunchCampaignDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<Answer<{ campaignId: string }>> {
    const data = given(body) as typeof body;
    const launched = (commandId: string): string => campaignId ?? derivedId(commandId, 'campaign');
    const handled = await this.handle(
      launched(context.commandId),
      { type: 'LaunchCampaign', data },
      addressedBy(context, campaignId === undefined ? (id) => campaignStream(launched(id)) : undefined),
    );
    return answer(reply, handled, { campaignId: launched(handled.commandId) });
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
  async end(
    @Param() path: CampaignPath,
    @Body() { endedOn }: EndCampaignDto,
    @Context() context: CommandContext,
    @Reply() reply: FastifyReply,
  ): Promise<Answer<{ campaignId: string }>> {
    const handled = await this.handle(path.campaign, { type: 'EndCampaign', data: { endedOn } }, context);
    return answer(reply, handled, { campaignId: path.campaign });
  }

  @Get()
  @QueryRoute({
    tag: 'Marketing',
    summary: 'Find campaigns',
    description: 'The latest first.',
    roles: READERS,
    example: { items: [CAMPAIGN], next: null },
  })
  find(@Query() query: CampaignsQuery): Promise<Page<Campaign>> {
    return this.queries.execute(new FindCampaigns(query));
  }

  @Get(':campaign')
  @QueryRoute({ tag: 'Marketing', summary: 'A campaign', roles: READERS, example: CAMPAIGN })
  one(@Param() path: CampaignPath): Promise<Campaign> {
    return this.queries.execute(new GetCampaign(path.campaign));
  }

  private handle(campaignId: string, command: CampaignCommand, context: CommandContext): Promise<Handled> {
    return this.commands.execute(new Decide(campaignStream(campaignId), campaign, command, context));
  }
}
