/**
 * Whether servers that were restored by hand have what was noted when they were backed up: the log verifies with the
 * checkpoint and nothing is missing, the keys belong to it and everybody has theirs. Erasures are carried out again on the
 * way, since opening the stores does that.
 */
import { erasedIn } from '#customers/erasures.js';
import { DomainError } from '#kernel';
import { KeyStoreUnavailable } from '#key-store/index.js';
import type { Config } from '../../composition/config.js';
import { openStores, type Stores } from '../../composition/stores.js';
import { Failure, FOUND_WRONG } from '../exit.js';
import { mustBeServers } from './note-servers.js';
import { findBackup } from './places.js';
import { unusableKeys } from './unusable-keys.js';
import { verifyAsNoted } from './watched.js';

export interface CheckedServers {
  readonly outcome: 'as noted';
  readonly backup: string;
  readonly time: string;
  readonly events: number;
  /** Events that came after what was noted. */
  readonly later: number;
  readonly checkpoint: string;
  readonly subjects: number;
  /** People whose key was destroyed, and whose erasure this log does not know. */
  readonly erased: readonly string[];
  /** Up to which event of the log erasures are carried out. */
  readonly erasures: string | null;
}

/** @throws Failure for what is not as it was noted */
export async function checkServers(config: Config, folder: string): Promise<CheckedServers> {
  mustBeServers(config);
  const { manifest } = findBackup(folder, 'servers');
  const stores = await opened(config);
  const { eventStore, keyStore, close } = stores;
  try {
    const fingerprint = await keyStore.fingerprint();
    if (fingerprint !== manifest.installation)
      throw new Failure(
        `The servers have installation ${fingerprint}, and the backup is of ${manifest.installation}: correct EVENTS_URL and KEYS_URL.`,
        FOUND_WRONG,
      );
    const { events, checkpoint, sealed } = await verifyAsNoted(eventStore, manifest, 'Verifying the log');
    const { missing, damaged, destroyed } = await unusableKeys(keyStore, sealed);
    if (missing > manifest.keys.missing || damaged > manifest.keys.damaged)
      throw new Failure(
        `Not everybody in the log has a key: ${missing} are missing and ${damaged} damaged, where it was ${manifest.keys.missing} and ${manifest.keys.damaged}. Restore the keys from a backup that is newer than the log.`,
        FOUND_WRONG,
      );
    const known = new Set<string>((await erasedIn(eventStore)).keys());
    return {
      outcome: 'as noted',
      backup: manifest.backup,
      time: manifest.time,
      events,
      later: events - manifest.log.events,
      checkpoint,
      subjects: await keyStore.subjects(),
      erased: destroyed.filter((customer) => !known.has(customer)),
      erasures: await keyStore.erasures(),
    };
  } finally {
    await close();
  }
}

/** Keys of another installation are what this is to find, and no failure to look. */
async function opened(config: Config): Promise<Stores> {
  try {
    return await openStores(config);
  } catch (error) {
    if (error instanceof KeyStoreUnavailable && error.cause instanceof DomainError)
      throw new Failure(error.message, FOUND_WRONG);
    throw error;
  }
}
