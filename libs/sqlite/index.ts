/**
 * The common part of the three embedded stores: a SQLite file that no other user can read, that is still the one at
 * its path when something is acknowledged, and whose failures say what to do. `store-file.ts` is all that an adapter
 * needs.
 */
export { StoreFile } from './store-file.js';
export { claim, closeFolderToOthers, closeToOthers, Exposed, OWNER_ONLY, PARTS } from './closed-to-others.js';
export { copyAfresh, copyAsOf, copying, damageIn, sync } from './copying.js';
export type { Said } from './failure.js';
export { fold, holdAlone, InUse } from './holding.js';
export { identify, type Identity } from './presence.js';
export type { Words } from './words.js';
