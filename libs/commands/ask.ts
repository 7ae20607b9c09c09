/** Questions to the one way in, and its answers. */
import type { AnyDecider, Command, CommandContext, DomainEvent } from '#kernel';
import type { Position, Revision } from '#event-store/port.js';

/** A command, whose it is to decide, and what comes in with it. */
export interface Ask {
  readonly decider: AnyDecider;
  readonly command: Command;
  readonly context: CommandContext;
}

/** The commands that a stream has on record. */
export interface CommandsOnRecord {
  has(commandId: string): boolean;
}

/** One that refers to another command by its key: which that is, the stream tells when its turn comes. */
export interface DependentAsk {
  readonly decider: AnyDecider;
  readonly ask: (onRecord: CommandsOnRecord) => Ask;
}

export const resolved = (asked: Ask | DependentAsk, onRecord: CommandsOnRecord): Ask =>
  'ask' in asked ? asked.ask(onRecord) : asked;

export interface Handled<E extends DomainEvent = DomainEvent> {
  /** Under which the command is on record: what the ids it was answered with are derived from. */
  readonly commandId: string;
  /** Revision of the stream after the command; -1 for a stream that has no events. */
  readonly revision: Revision;
  /** From here on what was asked for is so: of the last event appended, or of the stream; null without any event. */
  readonly position: Position | null;
  /** The events that were decided; empty when it was so already, or when the answer is a replay. */
  readonly events: readonly E[];
  /** False where it was so already. */
  readonly changed: boolean;
  /** True when this command had been handled before. */
  readonly replayed: boolean;
}
