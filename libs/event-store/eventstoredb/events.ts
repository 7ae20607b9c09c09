/** Between the port's events and the server's messages. Text goes in and comes out as the same bytes. */
import type { ExpectedRevision, NewEvent, Position, StoredEvent } from '../port.js';
import { AppendReq, Empty, identifierOf, UUID, type ReadEvent } from './protocol.js';

export function appendRequests(
  stream: string,
  events: readonly NewEvent[],
  expected: ExpectedRevision,
): AppendReq[] {
  const options = new AppendReq.Options().setStreamIdentifier(identifierOf(stream));
  if (expected === 'any') options.setAny(new Empty());
  else if (expected === 'no_stream') options.setNoStream(new Empty());
  else if (expected === 'stream_exists') options.setStreamExists(new Empty());
  else options.setRevision(expected.toString());
  return [new AppendReq().setOptions(options), ...events.map(proposed)];
}

function proposed({ id, type, data, metadata }: NewEvent): AppendReq {
  const message = new AppendReq.ProposedMessage()
    .setId(new UUID().setString(id))
    .setData(Buffer.from(data))
    .setCustomMetadata(Buffer.from(metadata));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return new AppendReq().setProposedMessage(message);
}

/** Null for a link to an event that is no more. */
export function storedEvent(answer: ReadEvent): StoredEvent | null {
  const event = answer.getEvent();
  if (!event) return null;
  return {
    id: event.getId()?.getString().toLowerCase() ?? '',
    type: event.getMetadataMap().get('type') ?? '',
    stream: text(event.getStreamIdentifier()?.getStreamName_asU8()),
    revision: BigInt(event.getStreamRevision()),
    position: positionOf(answer),
    data: text(event.getData_asU8()),
    metadata: text(event.getCustomMetadata_asU8()),
  };
}

/** Commit position; on everything that is not a transaction of the old TCP protocol it is the event's own. */
const positionOf = (answer: ReadEvent): Position =>
  BigInt(
    answer.hasCommitPosition() ? answer.getCommitPosition() : (answer.getEvent()?.getCommitPosition() ?? 0),
  );

function text(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
