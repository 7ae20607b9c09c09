/** A Redis as a store needs it: one that is fit for it, asked within a time limit, and never twice by itself. */
export { addressOf, type Address } from './address.js';
export { compact } from './compact.js';
export { Connection, type Ask, type Server, type Terms } from './connection.js';
export { Unfit } from './failure.js';
export type { Info } from './info.js';
export { lua, script, type Script } from './script.js';
