/**
 * The event store: its port, and the embedded adapter that needs nothing but a file. That of EventStoreDB brings a
 * client along, and is loaded where it is asked for: `#event-store/eventstoredb/eventstoredb.js`.
 */
export * from './port.js';
export * from './mark.js';
export { openEmbeddedEventStore, type EmbeddedOptions } from './embedded/embedded.js';
export { copyLog, holdLog, readLogFile, type HeldLog, type LogFile } from './embedded/log-file.js';
export type { SubscriptionNotice, SubscriptionState } from './eventstoredb/subscription-states.js';
