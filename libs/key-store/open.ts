import type { Identity } from '#sqlite/index.js';
import { openEmbeddedKeyStore } from './embedded/embedded.js';
import type { MasterKeys } from './master-key.js';
import { KeyStoreUnavailable, type KeyStore } from './port.js';

export interface KeyStoreOptions {
  /** The file that holds the keys where there is no `url`. */
  readonly path: string;
  /** The Redis that holds them. */
  readonly url?: string | undefined;
  readonly masterKeys?: MasterKeys | undefined;
  /** Refuses where there are no keys yet, as when the log has events already. */
  readonly mustExist?: boolean | undefined;
  /** The file that another thread of this process has open: it, and no other, is opened. */
  readonly identity?: Identity | undefined;
}

/** The key store that is configured. @throws KeyStoreUnavailable */
export async function openKeyStore(options: KeyStoreOptions): Promise<KeyStore> {
  const { url, masterKeys, mustExist } = options;
  if (url === undefined) return openEmbeddedKeyStore(options);
  if (masterKeys === undefined)
    throw new KeyStoreUnavailable(
      'Keys in Redis are wrapped: set MASTER_KEY or MASTER_KEY_FILE beside KEYS_URL.',
    );
  const { openRedisKeyStore } = await import('./redis/redis.js'); // its client is loaded only for it
  return openRedisKeyStore({ url, masterKeys, mustExist });
}
