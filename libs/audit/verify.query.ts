/** Verification asked for over HTTP, with the views as witnesses. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { EVENT_STORE, type EventStore } from '#event-store/port.js';
import { invalidRequest } from '#http/index.js';
import { customerStream, DomainError, type CustomerId } from '#kernel';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import type { VerifyQuery } from './dto.js';
import { verifyLog, verifyStream, type Broken, type LogReport, type StreamReport } from './verification.js';
import { ViewWitnesses } from './view-witnesses.js';

type Written<R> = R extends { readonly checkpoint: unknown }
  ? Omit<R, 'checkpoint'> & { readonly checkpoint: string }
  : R;
export type LogAnswer = Written<LogReport>;

export class VerifyCustomer extends Query<StreamReport> {
  constructor(
    readonly customer: CustomerId,
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

export class VerifyLog extends Query<LogAnswer> {
  constructor(
    readonly query: VerifyQuery,
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(VerifyCustomer)
export class VerifyCustomerHandler implements IQueryHandler<VerifyCustomer> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly witnesses: ViewWitnesses,
  ) {}

  async execute({ customer, signal }: VerifyCustomer): Promise<StreamReport> {
    const { witnesses } = this;
    const report = await verifyStream(this.store, customerStream(customer), { witnesses, signal });
    if (report.verdict === 'intact' && report.events === 0)
      throw new DomainError('customer.not_found', 'There is no such customer.', 'not_found');
    return report;
  }
}

@QueryHandler(VerifyLog)
export class VerifyLogHandler implements IQueryHandler<VerifyLog> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly witnesses: ViewWitnesses,
  ) {}

  async execute({ query, signal }: VerifyLog): Promise<LogAnswer> {
    const checkpoint = query.checkpoint === undefined ? undefined : readCheckpoint(query.checkpoint);
    if (checkpoint === null) {
      const message = 'Send `checkpoint` of an earlier answer, as it came.';
      throw invalidRequest([{ field: 'checkpoint', code: 'not_a_checkpoint', message }]);
    }
    const { witnesses } = this;
    const report = await verifyLog(this.store, { witnesses, signal, ...(checkpoint && { checkpoint }) });
    return report.verdict === 'broken'
      ? report
      : { ...report, checkpoint: writeCheckpoint(report.checkpoint) };
  }
}

/** A checkpoint of a log that does not verify would certify what is wrong with it. */
export function mustBeIntact(report: LogAnswer): Exclude<LogAnswer, Broken> {
  if (report.verdict === 'intact') return report;
  const { stream, revision, position, reason } = report.wrong[0];
  throw new DomainError('log.broken', 'The log does not verify. GET /v1/audit/verify tells where.', 'rule', {
    ...(stream !== null && { stream }),
    ...(revision !== null && { revision }),
    ...(position !== null && { position }),
    reason,
  });
}
