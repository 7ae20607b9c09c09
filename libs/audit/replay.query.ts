/** A customer's events in the order in which they were recorded, a page at a time. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, page, PageQuery, type Page } from '#http/index.js';
import type { CustomerId } from '#kernel';
import { History } from './history.js';
import { positionIn } from './positions.js';
import { recordedEvent, type RecordedEvent, type UnreadableEvent } from './recorded-event.js';

export type ReplayAnswer = Page<RecordedEvent | UnreadableEvent>;

export class Replay extends Query<ReplayAnswer> {
  constructor(
    readonly customer: CustomerId,
    readonly query: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(Replay)
export class ReplayHandler implements IQueryHandler<Replay> {
  constructor(private readonly history: History) {}

  async execute({ customer, query: { cursor, limit } }: Replay): Promise<ReplayAnswer> {
    const [seen] = decodeCursor(cursor, 1) ?? [];
    const from = seen === undefined ? 0n : positionIn('cursor', seen) + 1n;
    const events = await this.history.page(customer, from, limit + 1);
    return page(events.map(recordedEvent), limit, ({ revision }) => [revision]);
  }
}
