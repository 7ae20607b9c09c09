/** The one way in: `handle(stream, decider, command, context)`, and the bus message that asks for it. */
export { CommandHandling, type CommandHandlingOptions, type Handled } from './command-handling.js';
export { Decide, DecideHandler } from './decide.js';
export { lineKind, type Asked, type LineKind } from './line-kind.js';
export type { Ask } from './together.js';
