/** The one way in: `handle(stream, decider, command, context)`, and the bus message that asks for it. */
export { CommandHandling, type CommandHandlingOptions, type Handled } from './command-handling.js';
export { Decide, DecideHandler } from './decide.js';
