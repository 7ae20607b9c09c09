/**
 * The log and the keys on servers of their own cannot be copied from here. This notes whatever a restore is held against: the
 * log as it verifies now, and whose keys belong to it. A copy that is made after that has at least as much.
 */
import { keyStoreOf } from '#access/installation.js';
import { writeCheckpoint } from '#audit/checkpoint.js';
import { systemClock, systemIds } from '#kernel';
import { ConfigError, type Config } from '../../composition/config.js';
import { openStores } from '../../composition/stores.js';
import { Failure } from '../exit.js';
import { productVersion } from './back-up.js';
import type { Examined } from './examine.js';
import { writeManifest } from './manifest.js';
import { makePlace, nameAt } from './places.js';
import { STEPS } from './server-steps.js';
import { unusableKeys } from './unusable-keys.js';
import { firstWrong, verifyWatched } from './watched.js';

export interface Noted extends Examined {
  readonly backup: string;
  readonly folder: string;
  /** The steps on the servers, in order; lines for an operator. */
  readonly steps: readonly string[];
}

export async function noteServers(config: Config, folder: string): Promise<Noted> {
  mustBeServers(config);
  const time = systemClock.now();
  const { eventStore, keyStore, close } = await openStores(config);
  try {
    const { report, sealed } = await verifyWatched(eventStore, 'Verifying the log');
    if (report.verdict === 'broken')
      throw new Failure(`The log is NOT as it was appended: ${firstWrong(report)}. Run "touchstone verify".`);
    const { missing, damaged } = await unusableKeys(keyStore, sealed);
    const examined: Examined = {
      installation: (await keyStoreOf(eventStore)) ?? '', // opening has seen to it that there is one
      log: {
        position: String((await eventStore.head()) ?? 0n),
        events: report.events,
        checkpoint: writeCheckpoint(report.checkpoint),
      },
      keys: {
        subjects: await keyStore.subjects(),
        erasures: await keyStore.erasures(),
        masterKey: config.masterKeys?.current.fingerprint ?? null,
        missing,
        damaged,
      },
    };
    const backup = systemIds.next();
    const place = makePlace(folder, nameAt(time));
    writeManifest(place, { backup, time, product: productVersion(), of: 'servers', ...examined, files: [] });
    return { backup, folder: place, ...examined, steps: STEPS };
  } finally {
    await close();
  }
}

/** @throws ConfigError where one of the two is in a file: each is copied in another way, and in a certain order */
export function mustBeServers({ eventStoreUrl, keysUrl }: Config): void {
  if (eventStoreUrl === undefined || keysUrl === undefined)
    throw new ConfigError(
      `${eventStoreUrl === undefined ? 'KEYS_URL is set, but EVENTS_URL' : 'EVENTS_URL is set, but KEYS_URL'} is not: set both or neither. How to back up one of each: docs/operations.md, Backups.`,
    );
}
