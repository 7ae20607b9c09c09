import { Module } from '@nestjs/common';
import { GetAtRiskHandler } from './at-risk.query.js';
import { ChurnController } from './churn.controller.js';
import { LedgerFigures } from '#ledger/index.js';
import {
  GetCausesHandler,
  GetCohortsHandler,
  GetRetentionHandler,
  GetSummaryHandler,
  GetSurvivalHandler,
} from './queries.js';

@Module({
  controllers: [ChurnController],
  providers: [
    LedgerFigures,
    GetRetentionHandler,
    GetCohortsHandler,
    GetSurvivalHandler,
    GetCausesHandler,
    GetSummaryHandler,
    GetAtRiskHandler,
  ],
})
export class ChurnModule {}
