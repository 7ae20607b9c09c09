import type { Actor } from './event.js';
import type { Instant } from './ids.js';

/** What comes in with a command beside its content: who, when, why, and on what condition. */
export interface CommandContext {
  /** Remembered in the stream: a second command with the same id is answered as the first was. */
  readonly commandId: string;
  /** Keyed hash of the request, where the caller named the command by a key; null where it did not. */
  readonly fingerprint: string | null;
  readonly correlationId: string;
  readonly causationId: string;
  /** W3C trace context, carried into the events. */
  readonly traceparent?: string;
  readonly actor: Actor;
  readonly now: Instant;
  /** Business time of what is recorded; `now` where the caller did not say. */
  readonly occurredAt?: Instant;
  /** Decide only if the stream is at this revision. */
  readonly expectedRevision?: bigint;
}

/** The context of a command that nobody sent: Touchstone gives it to itself, under a name that says what for. */
export const ownCommand = (name: string, commandId: string, now: Instant): CommandContext => ({
  commandId,
  fingerprint: null,
  correlationId: commandId,
  causationId: commandId,
  actor: { id: name, role: 'system' },
  now,
});
