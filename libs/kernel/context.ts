import type { AnyDecider, Command } from './decider.js';
import type { Actor } from './event.js';
import type { Instant, StreamName } from './ids.js';

/** What comes in with a command beside its content: who, when, why, and on what condition. */
export interface CommandContext {
  /**
   * Remembered in the stream: a second command with the same id is answered as the first was. It is a function of the
   * caller, the target and the caller's key; where there is no key it is fresh.
   */
  readonly commandId: string;
  /**
   * Digest of the request, where the caller named the command by a key; null where it did not. It is not stored: the
   * codec stores a hash of it under the customer's key.
   */
  readonly request: string | null;
  /** The target is told by the body alone, so the key is claimed for it first. */
  readonly addressed?: true;
  /** What must be so on another stream before the command is recorded on its own. */
  readonly first?: FirstStep;
  /** The name of the same command in the former build; on logs that it has written. */
  readonly former?: FormerCommand;
  readonly correlationId: string;
  readonly causationId: string;
  /** W3C trace context, carried into the events. */
  readonly traceparent?: string;
  readonly actor: Actor;
  readonly now: Instant;
  /** Business time of what is recorded; `now` where the caller did not say. */
  readonly occurredAt?: Instant;
  /** Decide only if nothing that the decider folds came after this revision. */
  readonly expectedRevision?: bigint;
}

/**
 * When that which a command records happens. Where the caller did not say, it happens as it is recorded, and so not before
 * the last event of its stream was recorded: the clocks of two processes differ a little.
 */
export function timeOf(
  { occurredAt, now }: Pick<CommandContext, 'occurredAt' | 'now'>,
  lastRecordedAt: Instant | null,
): Instant {
  if (occurredAt !== undefined) return occurredAt;
  return lastRecordedAt !== null && lastRecordedAt > now ? lastRecordedAt : now;
}

/** A part of a command on another stream: decided under the same command id, so that it counts once as well. */
export interface FirstStep {
  readonly stream: StreamName;
  readonly decider: AnyDecider;
  readonly command: Command;
}

/** The former build made ids of the key alone, and stored a hash of the request under a secret of the installation. */
export interface FormerCommand {
  readonly commandId: string;
  readonly fingerprint: string;
  /** Where it would be, where that follows from the command's id. */
  readonly stream?: StreamName;
}

/**
 * A command whose stream only its body tells.
 * @param streamOf how the stream follows from the command's id, where the body names none: the former build would have put
 * it on another one
 */
export const addressedBy = (
  context: CommandContext,
  streamOf: ((commandId: string) => StreamName) | undefined,
): CommandContext => {
  const { former } = context;
  if (former === undefined || streamOf === undefined) return { ...context, addressed: true };
  return { ...context, addressed: true, former: { ...former, stream: streamOf(former.commandId) } };
};

/** The context of a command that nobody sent: Touchstone gives it to itself, under a name that says what for. */
export const ownCommand = (name: string, commandId: string, now: Instant): CommandContext => ({
  commandId,
  request: null,
  correlationId: commandId,
  causationId: commandId,
  actor: { id: name, role: 'system' },
  now,
});
