/** Personal-data keys and the ids made with them: the port, its adapters, and the master key that wraps them. */
export * from './port.js';
export { openEmbeddedKeyStore, type EmbeddedKeyStoreOptions } from './embedded/embedded.js';
export { copyKeys, holdKeys, readKeyFile, type HeldKeys, type KeyFile } from './embedded/key-file.js';
export type { RedisKeyStoreOptions } from './redis/redis.js';
export { openKeyStore, type KeyStoreOptions } from './open.js';
export { masterKey, type MasterKey, type MasterKeys } from './master-key.js';
export { Identities } from './identities.js';
