/** Projections: what a view is, the engine that moves views along the log, and how queries read them. */
export * from './document-key.js';
export * from './notice.js';
export * from './parking.js';
export * from './partition.js';
export * from './about.js';
export * from './position-watch.js';
export * from './progress.js';
export * from './rebuild.js';
export * from './runner.js';
export * from './unread.js';
export * from './view.js';
export { LogWatch, type LogStanding, type LogWatchOptions } from './log-watch.js';
export * from './view-reader.js';
export { foldAll } from './working-set.js';
