/**
 * Delete and Tombstone, as far as a test suite needs them to clean up behind itself. A deleted stream reads as not
 * found and may begin again; a tombstoned one is refused for ever. The events of either stay in $all. A stream that never
 * was can be tombstoned, and not deleted.
 */
import { systemEvent, type EventLog } from './event-log.js';
import type { Expected } from './expectation.js';
import { wire } from './messages.js';
import { streams } from './protocol.js';
import * as refusals from './refusals.js';
import type { Refusal } from './refusals.js';
import { DELETED } from './stream-state.js';

export type Removal =
  { readonly position: InstanceType<typeof streams.DeleteResp.Position> } | { readonly refusal: Refusal };

export function remove(log: EventLog, stream: string, expected: Expected, forEver: boolean): Removal {
  const state = log.streams.get(stream);
  if (state?.tombstoned) return { refusal: refusals.streamDeleted(stream) };
  const current = (state?.records.length ?? 0) - 1;
  const met =
    expected === 'any' ||
    (expected === 'stream_exists' && current >= 0) ||
    (expected === 'no_stream' ? current < 0 : expected === BigInt(current));
  const wasNever = current < 0 && !log.streams.get(`$$${stream}`)?.records.length;
  if (!met || (wasNever && !forEver))
    return { refusal: refusals.wrongExpectedVersion(stream, revisionOf(expected), current) };
  const [record] = forEver
    ? log.write(stream, [systemEvent('$streamDeleted', {})])
    : log.write(`$$${stream}`, [systemEvent('$metadata', `{${DELETED}}`)]);
  const position = wire(record?.offset ?? 0, log.origin);
  return {
    position: new streams.DeleteResp.Position().setCommitPosition(position).setPreparePosition(position),
  };
}

const revisionOf = (expected: Expected): bigint => {
  if (expected === 'any') return -2n;
  if (expected === 'no_stream') return -1n;
  return expected === 'stream_exists' ? -4n : expected;
};
