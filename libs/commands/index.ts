/** The one way in: `handle(stream, decider, command, context)`, and the bus message that asks for it. */
export type { Ask, CommandsOnRecord, DependentAsk, Handled } from './ask.js';
export { CommandHandling, type CommandHandlingOptions } from './command-handling.js';
export { Decide, DecideHandler } from './decide.js';
