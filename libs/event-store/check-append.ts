/**
 * What every adapter checks before it asks its store: an append is refused for the same reasons everywhere,
 * and before anything is written.
 */
import {
  EventTooLarge,
  MAX_APPEND_BYTES,
  MAX_APPEND_EVENTS,
  MAX_EVENT_BYTES,
  type ExpectedRevision,
  type NewEvent,
} from './port.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Control characters and lone surrogates: a name that holds one comes back changed, or not at all. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Checks one append and answers its size in bytes: `data` and `metadata` in UTF-8, `type` in UTF-16.
 * @throws TypeError for what is no append at all: no events, a name or id that is none, text that is not a JSON object
 * @throws EventTooLarge for more than the limits of the port
 */
export function checkAppend(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): number {
  checkName('A stream name', stream);
  if (typeof expected === 'bigint' && expected < 0n)
    throw new TypeError(
      `The expected revision ${expected} is negative: use no_stream for a stream without events.`,
    );
  if (events.length === 0) throw new TypeError(`An append to ${stream} has no events: append at least one.`);
  if (events.length > MAX_APPEND_EVENTS)
    throw new EventTooLarge(
      `An append of ${events.length} events is over ${MAX_APPEND_EVENTS}: append them in parts.`,
    );

  let bytes = 0;
  for (const event of events) bytes += checkEvent(event);
  if (bytes > MAX_APPEND_BYTES)
    throw new EventTooLarge(
      `An append of ${bytes} bytes is over ${MAX_APPEND_BYTES}: append the events in parts.`,
    );
  return bytes;
}

function checkEvent({ id, type, data, metadata }: NewEvent): number {
  if (!UUID.test(id)) throw new TypeError(`The event id ${JSON.stringify(id)} is not a UUID in lower case.`);
  checkName('An event type', type);
  const bytes = Buffer.byteLength(data) + Buffer.byteLength(metadata);
  if (bytes > MAX_EVENT_BYTES)
    throw new EventTooLarge(
      `Event ${id} (${type}) has ${bytes} bytes, over ${MAX_EVENT_BYTES}: keep large content elsewhere.`,
    );
  checkJson('data', id, data);
  checkJson('metadata', id, metadata);
  return bytes + 2 * type.length;
}

function checkName(what: string, name: string): void {
  if (name === '' || UNPRINTABLE.test(name))
    throw new TypeError(`${what} is printable text of at least one character, not ${JSON.stringify(name)}.`);
}

/** The text itself is kept out of the message: it may be personal. */
function checkJson(field: string, id: string, text: string): void {
  if (!text.trimStart().startsWith('{') || !parses(text) || LONE_SURROGATE.test(text))
    throw new TypeError(`The ${field} of event ${id} is not the JSON text of an object.`);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
