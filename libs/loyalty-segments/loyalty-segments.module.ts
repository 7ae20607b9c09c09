import { Module } from '@nestjs/common';
import { LedgerFigures } from '#ledger/index.js';
import { LoyaltySegmentsController } from './loyalty-segments.controller.js';
import { GetCustomerValueHandler } from './queries/customer-value.js';
import { GetLoyaltyHistoryHandler } from './queries/history.js';
import { GetLoyaltySegmentHandler, ListLoyaltySegmentsHandler } from './queries/loyalty-segments.js';
import { Units } from './queries/units.js';

@Module({
  controllers: [LoyaltySegmentsController],
  providers: [
    LedgerFigures,
    Units,
    ListLoyaltySegmentsHandler,
    GetLoyaltySegmentHandler,
    GetLoyaltyHistoryHandler,
    GetCustomerValueHandler,
  ],
})
export class LoyaltySegmentsModule {}
