/** The event store: its port, and the embedded adapter that needs nothing but a file. */
export * from './port.js';
export { openEmbeddedEventStore, type EmbeddedOptions } from './embedded/embedded.js';
export {
  openEventStoreDb,
  type EventStoreDb,
  type EventStoreDbOptions,
} from './eventstoredb/eventstoredb.js';
export type { SubscriptionState } from './eventstoredb/subscription-states.js';
