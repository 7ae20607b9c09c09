/** What a context is made of: commands that are said once, and the one value that a context is to all others. */
export { contextFor, type Asked, type Target, type Time } from './asked.js';
export {
  CUSTOMER_EXAMPLE,
  commandsOf,
  isLineKind,
  WRITERS,
  type Coming,
  type Declared,
  type Group,
  type LineKind,
} from './command.js';
export type { Context, Ground } from './context.js';
export { dtoOf, type Dto } from './dto.js';
export type { Outcome, Process, Underway } from './process.js';
export { controllersOf } from './routes.js';
