/**
 * The whole write-side abstraction. `decide` and `evolve` are tables of named functions, pure and total: no
 * clock, no randomness, no change to what they are given. Time and ids come in with the command. A command that asks for
 * what is already so decides nothing.
 *
 * Both are told when the thing happens in the world: an older fact may arrive late, so what is so already depends on the
 * time that a command is for.
 */
import type { DomainEvent } from './event.js';
import type { Instant } from './ids.js';

export interface Command {
  readonly type: string;
}

type Named<U extends { type: string }, K extends string> = Extract<U, { type: K }>;

export interface Decider<
  State,
  C extends Command,
  Decided extends DomainEvent,
  Seen extends DomainEvent = Decided,
> {
  /** Unique among the deciders that share a stream. */
  readonly name: string;
  readonly initialState: State;
  /** Commands that are decided even where an event of the stream cannot be read: what a person has a right to. */
  readonly regardless?: readonly string[];
  readonly decide: {
    readonly [K in C['type']]: (command: Named<C, K>, state: State, at: Instant) => readonly Decided[];
  };
  /** One function for every event type this decider's slice of the stream is made of; the rest pass it by. */
  readonly evolve: {
    readonly [K in Seen['type']]: (state: State, data: Named<Seen, K>['data'], at: Instant) => State;
  };
}

/** A decider of which only the names are known: what a registry holds. */
export type AnyDecider = Decider<any, any, any, any>; // any: a registry of unlike deciders has no common state

/** @param at when what the command records happens */
export function decide<S, C extends Command, D extends DomainEvent, E extends DomainEvent>(
  decider: Decider<S, C, D, E>,
  command: C,
  state: S,
  at: Instant,
): readonly D[] {
  type Rule = (command: C, state: S, at: Instant) => readonly D[];
  return (decider.decide[command.type as C['type']] as Rule)(command, state, at);
}

/** @param at when the event occurred */
export function evolve<S>(decider: Decider<S, any, any, any>, state: S, event: DomainEvent, at: Instant): S {
  type Rule = (state: S, data: object, at: Instant) => S;
  const rule = (decider.evolve as Record<string, Rule | undefined>)[event.type];
  return rule === undefined ? state : rule(state, event.data, at);
}

/** Is the decider's slice of the stream made of events of this type? */
export const folds = (decider: AnyDecider, type: string): boolean => Object.hasOwn(decider.evolve, type);
