/**
 * A double of EventStoreDB's gRPC protocol, for tests: the calls that Touchstone makes, over real gRPC, answered
 * from memory by the documented behaviour of EventStoreDB 24.6 and newer, and made to fail on demand.
 *
 * It is not EventStoreDB. It has no persistent subscriptions, projections, links, access control lists, stream
 * limits ($maxAge, $maxCount), scavenging or cluster, and proves nothing about any of them. The same tests run
 * against a real server when EVENTS_URL is set, and that is what counts.
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
