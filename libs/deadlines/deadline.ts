/**
 * A deadline: something that is to be recorded once time has come, of many. A context keeps a to-do list of it in a view
 * of its own, in the order of becoming due, which an entry leaves by an event and by nothing else. So a crash loses
 * nothing; and since a command has its id from what falls due and on which occasion, a crash doubles nothing either.
 */
import type { Command, Decider, Instant, StreamName } from '#kernel';

/** One entry of the list. */
export interface Due<C extends Command = Command> {
  readonly stream: StreamName;
  /**
   * Tells this time of falling due from every other on the stream, and is the same however often the list is read: the
   * promise's id, the day that a silence began.
   */
  readonly occasion: string;
  /** When what is recorded happened. */
  readonly occurredAt: Instant;
  /** Asked for when it is issued, which may be long after the list was read by a process that froze in between. */
  readonly command: (now: Instant) => C;
}

export interface Deadline<C extends Command = Command> {
  /** Of this kind of deadline, for ever: command ids are made of it. Its commands are issued in its name. */
  readonly name: string;
  /** What is no longer due decides nothing: the list may be behind the log. */
  readonly decider: Decider<any, C, any, any>; // any: the process looks neither into states nor into events
  /** What is due at `now` by the list as it stands, the longest due first; read on only as it is taken. */
  due(now: Instant): AsyncIterable<Due<C>>;
}

/** A deadline of which only the shape is known: what a registry holds. */
export type AnyDeadline = Deadline<any>; // any: a registry of unlike deadlines has no common command
