/** An event as auditors and followers see it: everything it says about itself, positions and revisions as text. */
import type { Catalogue, Decoded } from '#event-store/codec/index.js';
import type { Actor } from '#kernel';

interface Place {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
}

export interface RecordedEvent extends Place {
  readonly schema: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly hash: string;
  readonly data: object;
  /** The customer was erased: what was personal in the data cannot be read any more. */
  readonly erased?: true;
  /** What is personal in the data was left out for this reader. */
  readonly masked?: true;
}

/** One that this build cannot read; it is stored and replayed all the same. */
export interface UnreadableEvent extends Place {
  readonly unreadable: string;
  /** The JSON texts as they are stored. */
  readonly stored?: { readonly data: string; readonly metadata: string };
}

export function recordedEvent(decoded: Decoded): RecordedEvent | UnreadableEvent {
  if (decoded.kind === 'unreadable') {
    const { id, type, stream, revision, position, data, metadata } = decoded.stored;
    const place = { id, type, stream, revision: String(revision), position: String(position) };
    return { ...place, unreadable: decoded.reason, stored: { data, metadata } };
  }
  const { event } = decoded;
  return {
    id: event.id,
    type: event.type,
    stream: event.stream,
    revision: String(event.revision),
    position: String(event.position),
    schema: event.schema,
    occurredAt: event.occurredAt,
    recordedAt: event.recordedAt,
    actor: event.actor,
    commandId: event.commandId,
    correlationId: event.correlationId,
    causationId: event.causationId,
    hash: event.hash,
    data: event.data,
    ...(event.erased ? { erased: true } : {}),
  };
}

/** Without what is personal; of an event that cannot be read nobody knows what is, and so all of its content goes. */
export function withoutPersonal(
  event: RecordedEvent | UnreadableEvent,
  catalogue: Catalogue,
): RecordedEvent | UnreadableEvent {
  if ('unreadable' in event) {
    const { stored: _unknown, ...shown } = event;
    return shown;
  }
  const personal = catalogue.get(event.type)?.definition.personal ?? [];
  const fields = Object.entries(event.data);
  const shown = fields.filter(([field]) => !personal.includes(field));
  return shown.length === fields.length ? event : { ...event, data: Object.fromEntries(shown), masked: true };
}
