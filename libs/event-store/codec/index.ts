/** The codec: from events to stored text and back. */
export * from './catalogue.js';
export * from './chain.js';
export * from './codec.js';
export * from './erased.js';
export * from './stream-follower.js';
