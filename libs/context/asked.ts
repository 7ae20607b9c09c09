/** The command that a request makes, whichever way it came: by its route, or as a line of an import. */
import { occurring } from '#http/index.js';
import {
  addressedBy,
  type AnyDecider,
  type Command,
  type CommandContext,
  type FirstStep,
  type Instant,
  type StreamName,
} from '#kernel';

/** Whose the command is. */
export interface Target {
  readonly stream: StreamName;
  /** The stream follows from the body alone. */
  readonly addressed?: true;
  /** The stream follows from the command's id: this is how. */
  readonly streamOf?: ((commandId: string) => StreamName) | undefined;
  /** What must be so on another stream first. */
  readonly first?: FirstStep;
  /** What the answer names. */
  readonly ids: Readonly<Record<string, string>>;
}

export interface Asked extends Target {
  readonly decider: AnyDecider;
  readonly command: Command;
  readonly time: Time;
}

/** What the request says of time. */
export interface Time {
  /** An instant that is not in the future. */
  readonly said?: Instant | undefined;
  /** It is when the fact occurred. */
  readonly occurred: boolean;
  /** The fact's own day. */
  readonly day?: string | undefined;
}

/**
 * The context that the command is decided in. A fact with a day of its own occurred at 10:00 UTC of that day: from ten hours
 * behind UTC to nearly fourteen ahead that is the same day. Before that hour the day is announced now.
 * @throws Problem 400 for what is said to have happened in the future
 */
export function contextFor(
  { time, addressed, streamOf, first }: Asked,
  context: CommandContext,
): CommandContext {
  const said = occurring(context, time.said);
  const timed = time.day === undefined ? (time.occurred ? said : context) : onDay(context, time.day);
  const stepped = first === undefined ? timed : { ...timed, first };
  return addressed === true ? addressedBy(stepped, streamOf) : stepped;
}

function onDay(context: CommandContext, day: string): CommandContext {
  const occurredAt = `${day}T10:00:00.000Z` as Instant;
  return occurredAt < context.now ? { ...context, occurredAt } : context;
}
