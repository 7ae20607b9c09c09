/**
 * The HTTP side of every context. A DTO is made of `fields`, a route of `CommandRoute` or `QueryRoute`; a command
 * gets its `Context` and gives its `answer`. Authentication, problems, headers, health and metrics are there
 * without asking: see `createHttpApp`.
 */
export * from './answers.js';
export { CommandNames } from './command-names.js';
export {
  Caller,
  hashOfApiKey,
  newApiKey,
  Public,
  Roles,
  type KeyRing,
  type Principal,
} from './authentication.js';
export { Ndjson } from './bodies.js';
export * from './csv.js';
export * from './cursor.js';
export * from './fields.js';
export { seenByViews } from './at-least.js';
export { Gone } from './gone.js';
export { type Health, type HealthCheck } from './health.js';
export { parseJson } from './json.js';
export { createLogger, type Logging } from './logger.js';
export { documentOf } from './openapi.js';
export { Problem, problemBody, problemOf } from './problem.js';
export { commandContext, Context, VISIBLE } from './request-context.js';
export { BulkRoute, CommandRoute, QueryRoute } from './routes.js';
export { streamOf } from './stream-of.js';
export { createHttpApp, listen, type Address, type HttpOptions } from './server.js';
export type { HttpServices } from './services.js';
export { invalidRequest, parse, readAs, Reading, rule, type Rule, type Violation } from './validation.js';
export { occurring } from './occurring.js';
export { forEyesOf, maySeePersonal, type ForEyes, type PersonalLookup } from './personal.js';
