/** The messages of an answer to Read, encoded. */
import type { LogRecord, NewRecord, Offset } from './event-log.js';
import { identifierOf, shared, streams } from './protocol.js';

/** .NET's ticks, of 100 ns, in a millisecond; counted from the Unix epoch on the wire. */
const TICKS = 10_000n;

type Place = Pick<LogRecord, 'stream' | 'revision' | 'offset'>;

/** Commit and prepare position; they differ only between two records. */
export interface Position {
  readonly commit: Offset;
  readonly prepare: Offset;
}

/** What a position before the start of the log becomes on the wire, where positions have no sign; read, it is the end. */
export const LARGEST = (2n ** 64n - 1n).toString();
export const NOWHERE: Position = { commit: Infinity, prepare: Infinity };

export const positionOf = ({ offset }: { readonly offset: Offset }): Position => ({
  commit: offset,
  prepare: offset,
});

export const isAfter = (one: Position, other: Position): boolean =>
  one.commit === other.commit ? one.prepare > other.prepare : one.commit > other.commit;

export function encodeEvent(event: NewRecord, place: Place, origin: bigint, created: number): Buffer {
  const position = wire(place.offset, origin);
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(identifierOf(place.stream))
    .setStreamRevision(String(place.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('created', (BigInt(created) * TICKS).toString())
    .set('content-type', event.isJson ? 'application/json' : 'application/octet-stream');
  const read = new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(position);
  return encode(new streams.ReadResp().setEvent(read));
}

export const encodeConfirmation = (subscription: string): Buffer =>
  encode(
    new streams.ReadResp().setConfirmation(
      new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(subscription),
    ),
  );

export function encodeCheckpoint(position: Position, origin: bigint): Buffer {
  const checkpoint = new streams.ReadResp.Checkpoint()
    .setCommitPosition(wire(position.commit, origin))
    .setPreparePosition(wire(position.prepare, origin));
  return encode(new streams.ReadResp().setCheckpoint(checkpoint));
}

export const encodeStreamNotFound = (stream: string): Buffer =>
  encode(
    new streams.ReadResp().setStreamNotFound(
      new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream)),
    ),
  );

export const encodeLastStreamPosition = (revision: number): Buffer =>
  encode(new streams.ReadResp().setLastStreamPosition(String(revision)));

export const CAUGHT_UP = encode(new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
export const FELL_BEHIND = encode(new streams.ReadResp().setFellBehind(new streams.ReadResp.FellBehind()));

/** Zero stays zero: it stands for "before the record", not for a place in the log. */
export function wire(offset: Offset, origin: bigint): string {
  if (offset === Infinity) return LARGEST;
  return offset === 0 ? '0' : (origin + BigInt(offset)).toString();
}

export const offsetOf = (position: string, origin: bigint): Offset =>
  position === '0' ? 0 : Number(BigInt(position) - origin);

function encode(message: { serializeBinary(): Uint8Array }): Buffer {
  const bytes = message.serializeBinary();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
