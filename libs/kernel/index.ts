/** The kernel: what a decider, a view and a port are made of. Pure; no Nest, no I/O. */
export * from './calendar.js';
export * from './canonical.js';
export * from './clock.js';
export * from './context.js';
export * from './decider.js';
export * from './errors.js';
export * from './event.js';
export * from './fields.js';
export * from './given.js';
export * from './history.js';
export * from './ids.js';
export * from './money.js';
export * from './shapes.js';
export * from './whole.js';
