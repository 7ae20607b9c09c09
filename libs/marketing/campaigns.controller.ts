import { Controller, Get, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { QueryRoute, type Page } from '#http/index.js';
import { CampaignSchema } from './answers.js';
import { CampaignPath, CampaignsQuery } from './dto.js';
import { FindCampaigns, GetCampaign } from './queries.js';
import type { Campaign } from './views/campaigns.js';

const READERS = ['back-office', 'analyst', 'auditor', 'admin'] as const;
const CAMPAIGN = {
  campaignId: 'spring-2026', name: 'Spring 2026', purpose: 'acquisition', startsOn: '2026-03-01', segment: 'premium',
}; // prettier-ignore

@Controller('v1/campaigns')
export class CampaignsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @QueryRoute({
    tag: 'Marketing',
    summary: 'Find campaigns',
    description: 'The latest first.',
    roles: READERS,
    page: CampaignSchema,
    example: { items: [CAMPAIGN], next: null },
  })
  find(@Query() query: CampaignsQuery): Promise<Page<Campaign>> {
    return this.queries.execute(new FindCampaigns(query));
  }

  @Get(':campaign')
  @QueryRoute({
    tag: 'Marketing',
    summary: 'A campaign',
    roles: READERS,
    answer: CampaignSchema,
    example: CAMPAIGN,
  })
  one(@Param() path: CampaignPath): Promise<Campaign> {
    return this.queries.execute(new GetCampaign(path.campaign));
  }
}
