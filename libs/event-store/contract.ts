/**
 * What an event store is: EventStoreDB's semantics as one suite, run unchanged on every adapter.
 *
 * It takes the log as it finds it. Streams and types are new in every test, the log may hold other events,
 * others may write to it at the same time, and positions increase but need not be neighbours.
 */
import { afterAll, beforeAll, describe } from '@jest/globals';
import { appending } from './contract/appending.js';
import { order } from './contract/order.js';
import { reading } from './contract/reading.js';
import { subscribing } from './contract/subscribing.js';
import type { EventStore } from './port.js';

export interface StoreUnderTest {
  readonly store: EventStore;
  /** A connection of its own to the same log: what another process would have. `close` closes it too. */
  connect(): Promise<EventStore>;
  /** Closes everything and removes what was made for the test. */
  close(): Promise<void>;
}

export function eventStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} is an event store`, () => {
    let opened: StoreUnderTest | undefined;
    const underTest = (): StoreUnderTest => {
      if (!opened) throw new Error('The store under test did not open.');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    appending(underTest);
    reading(underTest);
    subscribing(underTest);
    order(underTest);
  });
}
