/**
 * A double of EventStoreDB's gRPC protocol, for tests: the calls that Touchstone makes, over real gRPC, answered
 * from memory as EventStoreDB 23.10.8 or 24.6.0 answers them, and made to fail on demand.
 *
 * It is not EventStoreDB. It has no persistent subscriptions, projections, links, access control lists, $maxAge,
 * scavenging or cluster, and proves nothing about any of them. The same tests run on a real server where EVENTS_URL
 * or EVENT_STORE_COMMAND name one, and that is what counts.
 */
export type { Credentials } from './access.js';
export type { Calls, ReadCall } from './calls.js';
export {
  startEventStoreDbDouble,
  type DoubleOptions,
  type EventStoreDbDouble,
  type Planted,
} from './double.js';
export type { Fault, Faults, Interruption, Method } from './faults.js';
export { startRemoteDouble, type Order, type RemoteDouble } from './remote.js';
export { VERSIONS, type Version } from './version.js';
