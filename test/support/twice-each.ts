/** Commands one after the other, each sent twice: for the property that a command that comes again decides nothing. */
import { decide, DomainError, evolve, type Command, type Decider, type DomainEvent } from '#kernel';
import { NOW } from './given.js';

/** @returns everything decided; what is refused is passed over. @throws when a command decides something again */
export function twiceEach<S, C extends Command, D extends DomainEvent>(
  decider: Decider<S, C, D>,
  commands: readonly C[],
): readonly D[] {
  const history: D[] = [];
  let state = decider.initialState;
  for (const command of commands) {
    const decided = unlessRefused(() => decide(decider, command, state, NOW));
    state = decided.reduce<S>((before, event) => evolve(decider, before, event, NOW), state);
    history.push(...decided);
    const again = unlessRefused(() => decide(decider, command, state, NOW));
    if (decided.length > 0 && again.length > 0)
      throw new Error(`${command.type} decided again: ${JSON.stringify(again)}`);
  }
  return history;
}

function unlessRefused<D>(decision: () => readonly D[]): readonly D[] {
  try {
    return decision();
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}
