import type { CommandContext, Instant } from '#kernel';
import { invalidRequest } from './validation.js';

/** Clocks differ a little; nothing has happened tomorrow. */
const AHEAD_MS = 5 * 60_000;

/** The context of a command that says when it happened. @throws Problem 400 when that is in the future */
export function occurring(context: CommandContext, occurredAt: Instant | undefined): CommandContext {
  if (occurredAt === undefined) return context;
  // Instants are in the order of their texts: nearly all are seen to be past without being parsed.
  if (occurredAt > context.now && Date.parse(occurredAt) > Date.parse(context.now) + AHEAD_MS) {
    throw invalidRequest([
      {
        field: 'occurredAt',
        code: 'in_the_future',
        message: 'Send the time at which it happened, not one ahead.',
      },
    ]);
  }
  return { ...context, occurredAt };
}
