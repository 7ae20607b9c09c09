import { Module } from '@nestjs/common';
import { CampaignsController } from './campaigns.controller.js';
import {
  FindCampaignsHandler,
  FindSpendRecordsHandler,
  GetCampaignHandler,
  GetSpendPoliciesHandler,
  GetSpendPolicyHandler,
  SumSpendHandler,
} from './queries.js';
import { PublishingPolicy } from './publishing.js';
import { SpendController } from './spend.controller.js';
import { SpendPoliciesController } from './spend-policies.controller.js';

@Module({
  controllers: [CampaignsController, SpendController, SpendPoliciesController],
  providers: [
    PublishingPolicy,
    FindCampaignsHandler,
    GetCampaignHandler,
    FindSpendRecordsHandler,
    SumSpendHandler,
    GetSpendPoliciesHandler,
    GetSpendPolicyHandler,
  ],
})
export class MarketingModule {}
