import { Module } from '@nestjs/common';
import { LedgerFigures } from '#ledger/index.js';
import { GetBriefHandler } from './brief.query.js';
import { GetTimelineHandler } from './queries.js';
import { TimelineController } from './timeline.controller.js';

@Module({
  controllers: [TimelineController],
  providers: [LedgerFigures, GetTimelineHandler, GetBriefHandler],
})
export class TimelineModule {}
