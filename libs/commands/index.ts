/** The one way in: `handle(stream, decider, command, context)`. */
export { CommandHandling, type CommandHandlingOptions, type Handled } from './command-handling.js';
