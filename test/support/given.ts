/**
 * `given(decider, ...events).when(command).then(...events)`: a rule, as a sentence. States, events and commands are
 * frozen: a rule that changed one would throw. Where no time is given, all happens at one time in the order of recording.
 */
import { expect } from '@jest/globals';
import {
  decide,
  DomainError,
  evolve,
  type Command,
  type Decider,
  type DomainEvent,
  type Instant,
} from '#kernel';
import { frozen } from './frozen.js';

/** When everything happens that says no time of its own. */
export const NOW = '2026-06-01T12:00:00.000Z' as Instant;

/** An event, and when it occurred. */
export const on = <E extends DomainEvent>(day: string, event: E): E & { readonly occurredAt: Instant } => ({
  ...event,
  occurredAt: `${day}T12:00:00.000Z` as Instant,
});

export function given<S, C extends Command, D extends DomainEvent, E extends DomainEvent>(
  decider: Decider<S, C, D, E>,
  ...events: readonly (DomainEvent & { readonly occurredAt?: Instant })[]
) {
  const foldAll = (from: S, all: typeof events, at: Instant): S =>
    all.reduce<S>(
      (folded, event) => frozen(evolve(decider, folded, frozen(event), event.occurredAt ?? at)),
      frozen(from),
    );
  const state = foldAll(decider.initialState, events, NOW);
  return {
    when: (command: C, day?: string) => {
      const at = day === undefined ? NOW : (`${day}T12:00:00.000Z` as Instant);
      return {
        then: (...expected: readonly D[]): void => {
          const decided = decide(decider, frozen(command), state, at);
          expect(decided).toEqual(expected);
          // A command that is repeated finds that it is so already, or is refused.
          const after = foldAll(state, decided, at);
          expect(decidesNothing(() => decide(decider, command, after, at))).toBe(true);
        },
        decides: (...types: readonly string[]): void => {
          expect(decide(decider, command, state, at).map(({ type }) => type)).toEqual(types);
        },
        isRefused: (code: string): void => {
          expect(refusal(() => decide(decider, command, state, at))).toBe(code);
        },
      };
    },
  };
}

function decidesNothing(decision: () => readonly DomainEvent[]): boolean {
  try {
    return decision().length === 0;
  } catch (error) {
    return error instanceof DomainError;
  }
}

function refusal(decision: () => unknown): string {
  try {
    decision();
    return 'accepted';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}
