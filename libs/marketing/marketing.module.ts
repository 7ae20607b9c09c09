import { Module } from '@nestjs/common';
import { CampaignsController, SpendController, SpendPoliciesController } from './marketing.controller.js';
import {
  FindCampaignsHandler,
  FindSpendRecordsHandler,
  GetCampaignHandler,
  GetSpendPoliciesHandler,
  GetSpendPolicyHandler,
  SumSpendHandler,
} from './queries.js';

@Module({
  controllers: [CampaignsController, SpendController, SpendPoliciesController],
  providers: [
    FindCampaignsHandler,
    GetCampaignHandler,
    FindSpendRecordsHandler,
    SumSpendHandler,
    GetSpendPoliciesHandler,
    GetSpendPolicyHandler,
  ],
})
export class MarketingModule {}
