/**
 * Where views are kept for reading: documents, sorted lists and sums, committed with their checkpoint.
 * `contract.ts` says in tests what an adapter owes, `checks.ts` what it refuses; `embedded/` is one SQLite file
 * and the default, `redis/` is what several machines share.
 */
export * from './port.js';
export { openEmbeddedReadStore, type EmbeddedReadStoreOptions, type ResetReason } from './embedded/open.js';
export type { EmbeddedReadStore } from './embedded/store.js';
export { openRedisReadStore, type RedisReadStoreOptions } from './redis/open.js';
