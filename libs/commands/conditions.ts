/** Conditions of deciding a command, and the events that record the decision. */
import { DomainError, type AnyDecider, type Command, type CommandContext, type DomainEvent } from '#kernel';
import type { CommandChangedNothing } from './events.js';
import type { StreamState } from './stream-state.js';

/** @throws `stream.unreadable`, `stream.stale` */
export function mustBeDecidable(
  decider: AnyDecider,
  { type }: Command,
  { expectedRevision }: CommandContext,
  state: StreamState,
): void {
  if (state.unread !== null && decider.regardless?.includes(type) !== true) throw unreadable(state.unread);
  if (expectedRevision !== undefined && !state.isCurrent(decider, expectedRevision))
    throw stale(state.head.revision);
}

/** Nothing where it was so already and no key asks for it to be remembered. */
export function recordOf(
  { type }: Command,
  decided: readonly DomainEvent[],
  { request }: CommandContext,
): readonly DomainEvent[] {
  return decided.length > 0 || request === null ? decided : [changedNothing(type)];
}

const changedNothing = (command: string): CommandChangedNothing => ({
  type: 'CommandChangedNothing',
  data: { command },
});

const unreadable = ({ type, position, reason }: NonNullable<StreamState['unread']>): DomainError =>
  new DomainError(
    'stream.unreadable',
    `The event ${type} at position ${position} ${reason}, so that nothing can be decided on it here.`,
    'unavailable',
    { type, position: String(position) },
  );

const stale = (actual: bigint): DomainError =>
  new DomainError('stream.stale', `If-Match does not hold: the current revision is ${actual}.`, 'stale', {
    revision: String(actual),
  });
