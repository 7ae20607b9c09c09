/**
 * `given(decider, ...events).when(command).then(...events)`: a rule, as a sentence. States, events and commands are
 * frozen: a rule that changed one would throw.
 */
import { expect } from '@jest/globals';
import { decide, DomainError, evolve, type Command, type Decider, type DomainEvent } from '#kernel';
import { frozen } from './frozen.js';

export function given<S, C extends Command, D extends DomainEvent, E extends DomainEvent>(
  decider: Decider<S, C, D, E>,
  ...events: readonly DomainEvent[]
) {
  const foldAll = (from: S, all: readonly DomainEvent[]): S =>
    all.reduce((folded, event) => frozen(evolve(decider, folded, frozen(event))), frozen(from));
  const state = foldAll(decider.initialState, events);
  return {
    when: (command: C) => ({
      then: (...expected: readonly D[]): void => {
        const decided = decide(decider, frozen(command), state);
        expect(decided).toEqual(expected);
        // A command that is repeated finds that it is so already, or is refused.
        const after = foldAll(state, decided);
        expect(decidesNothing(() => decide(decider, command, after))).toBe(true);
      },
      decides: (...types: readonly string[]): void => {
        expect(decide(decider, command, state).map(({ type }) => type)).toEqual(types);
      },
      isRefused: (code: string): void => {
        expect(refusal(() => decide(decider, command, state))).toBe(code);
      },
    }),
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
