/** Given these events, when this command: the events decided, or the code of the refusal. */
import { decide, DomainError, evolve, type Command, type Decider, type DomainEvent } from '#kernel';

export function decided<S, C extends Command, D extends DomainEvent, E extends DomainEvent>(
  decider: Decider<S, C, D, E>,
  given: readonly E[],
  command: C,
): readonly D[] | string {
  const state = given.reduce<S>((before, event) => evolve(decider, before, event), decider.initialState);
  try {
    return decide(decider, command, state);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

/** Sends the commands one after the other, each of them twice. @returns the history, or fails at a second decision */
export function twiceEach<S, C extends Command, D extends E, E extends DomainEvent>(
  decider: Decider<S, C, D, E>,
  commands: readonly C[],
): readonly E[] {
  const history: E[] = [];
  for (const command of commands) {
    const first = decided(decider, history, command);
    if (typeof first === 'string') continue;
    history.push(...first);
    const second = decided(decider, history, command);
    if (second.length > 0) throw new Error(`${command.type} decided again: ${JSON.stringify(second)}`);
  }
  return history;
}
