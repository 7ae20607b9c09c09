/** Rotates the master key of the configured key store. No server and no other store is asked. Loaded when it is needed. */
import { openKeyStore, type Rewrapped } from '#key-store/index.js';
import { ConfigError, files, type Config } from '../composition/config.js';
import { closeDataFolder } from '../composition/data-folder.js';
import { mustBeWhole } from '../composition/restoring.js';

export interface Rotated extends Rewrapped {
  /** Fingerprint of the master key that everything is under now. */
  readonly masterKey: string;
}

export async function rotateMaster(config: Config): Promise<Rotated> {
  const { masterKeys, keysUrl: url } = config;
  if (masterKeys === undefined)
    throw new ConfigError(
      'There is no master key to rotate to: set MASTER_KEY to it, and MASTER_KEY_PREVIOUS to the old one.',
    );
  closeDataFolder(config.dataFolder);
  mustBeWhole(config.dataFolder);
  const keyStore = await openKeyStore({ path: files(config).keys, url, masterKeys, mustExist: true });
  try {
    return { ...(await keyStore.rewrap()), masterKey: masterKeys.current.fingerprint };
  } finally {
    await keyStore.close();
  }
}
