import { Module } from '@nestjs/common';
import { GetBriefHandler } from './brief.query.js';
import { GetTimelineHandler } from './queries.js';
import { TimelineController } from './timeline.controller.js';

@Module({ controllers: [TimelineController], providers: [GetTimelineHandler, GetBriefHandler] })
export class TimelineModule {}
