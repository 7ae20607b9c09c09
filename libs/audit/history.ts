/** The stored history of one customer, read from the log itself. */
import { Inject, Injectable } from '@nestjs/common';
import { Codec, type Decoded } from '#event-store/codec/index.js';
import { EVENT_STORE, type EventStore, type Revision, type StoredEvent } from '#event-store/port.js';
import { customerStream, DomainError, type CustomerId } from '#kernel';

const PAGE = 500;

@Injectable()
export class History {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly codec: Codec,
  ) {}

  /** Up to `limit` events from a revision on. @throws `customer.not_found` when the stream has no events at all */
  async page(customer: CustomerId, from: Revision, limit: number): Promise<Decoded[]> {
    const events: StoredEvent[] = [];
    for await (const event of this.stored(customer, from, limit)) events.push(event);
    if (events.length === 0) await this.mustExist(customer);
    return this.codec.decode(events);
  }

  /** All events, in pages, so that whoever has seen enough stops the reading. */
  async *decoded(customer: CustomerId): AsyncGenerator<Decoded> {
    for (let from = 0n; ;) {
      const page = await this.page(customer, from, PAGE);
      yield* page;
      if (page.length < PAGE) return;
      from += BigInt(PAGE);
    }
  }

  stored(customer: CustomerId, from: Revision = 0n, limit = Infinity): AsyncIterable<StoredEvent> {
    return this.store.readStream(customerStream(customer), { from, limit });
  }

  async mustExist(customer: CustomerId): Promise<void> {
    for await (const _first of this.stored(customer, 0n, 1)) return;
    throw new DomainError('customer.not_found', 'There is no such customer.', 'not_found');
  }
}
