import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { Follow } from './follow.js';
import { History } from './history.js';
import { LiveController } from './live.controller.js';
import { ReplayHandler } from './replay.query.js';
import { GetStateAsOfHandler } from './state.query.js';
import { VerifyCustomerHandler, VerifyLogHandler } from './verify.query.js';
import { ViewWitnesses } from './view-witnesses.js';

/** Needs AUDITED_VIEWS from the composition root. */
@Module({
  controllers: [AuditController, LiveController],
  providers: [
    History,
    Follow,
    ViewWitnesses,
    ReplayHandler,
    GetStateAsOfHandler,
    VerifyCustomerHandler,
    VerifyLogHandler,
  ],
})
export class AuditModule {}
