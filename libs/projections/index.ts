/** Projections: what a view is, the engine that moves views along the log, and how queries read them. */
export * from './lane.js';
export * from './parking.js';
export * from './runner.js';
export * from './view.js';
export * from './view-reader.js';
export { foldAll } from './working-set.js';
