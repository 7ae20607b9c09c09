/** Deadlines: what falls due with time and not with an event, and the process that sees to it. */
export type { AnyDeadline, Deadline, Due } from './deadline.js';
export { DeadlineProcess, type DeadlineNotice, type DeadlineProcessOptions } from './deadline-process.js';
