/**
 * Makes a whole data folder of a backup, within the one that it is to replace: copies, erases again whom the backup knows
 * as not erased, and verifies. Until that is done nothing of the data folder itself has changed.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CustomerId } from '#kernel';
import { PARTS, sync } from '#sqlite/index.js';
import type { Config } from '../../composition/config.js';
import { PREPARED } from '../../composition/restoring.js';
import { openStores } from '../../composition/stores.js';
import { Failure } from '../exit.js';
import { copyAsMade } from './digest.js';
import { eraseAgain, type ErasedAgain } from './erase-again.js';
import { KEYS, LOG } from './examine.js';
import type { Backup } from './places.js';
import { verifyAsNoted } from './watched.js';

export interface Prepared extends ErasedAgain {
  readonly events: number;
  readonly position: string;
  readonly checkpoint: string;
  readonly subjects: number;
}

/** Removes the leavings of an earlier restore that was cut off while it prepared: they may hold keys. */
export function clearPrepared({ dataFolder }: Config): void {
  for (const name of readdirSync(dataFolder))
    if (name.startsWith(PREPARED) && statSync(join(dataFolder, name)).isDirectory())
      rmSync(join(dataFolder, name), { recursive: true });
}

/** @param folder where to, within the data folder; it is there when this fails, too */
export async function prepare(
  config: Config,
  folder: string,
  { log, keys }: { readonly log: Backup; readonly keys: Backup },
  erased: ReadonlyMap<CustomerId, string>,
): Promise<Prepared> {
  mkdirSync(folder, { mode: 0o700 });
  await copyAsMade(log, folder);
  await copyAsMade(keys, folder);
  const here = {
    ...config,
    dataFolder: folder,
    eventStoreUrl: undefined,
    redisUrl: undefined,
    keysUrl: undefined,
  };
  const stores = await openStores(here); // which carries out the erasures that the log knows
  let prepared: Prepared;
  try {
    const done = await eraseAgain(stores, erased, log.manifest.backup);
    await stores.keyStore.compact();
    const { sealed: _, ...noted } = await verifyAsNoted(
      stores.eventStore,
      log.manifest,
      'Verifying what is restored',
    );
    prepared = { ...noted, subjects: await stores.keyStore.subjects(), ...done };
  } finally {
    await stores.close();
  }
  for (const part of PARTS) rmSync(join(folder, `views.sqlite${part}`), { force: true });
  for (const name of [LOG, KEYS]) settle(folder, name);
  sync(folder);
  return prepared;
}

/** Whether all of it is in the one file that will be moved. */
function settle(folder: string, name: string): void {
  const path = join(folder, name);
  const left = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (left > 0) throw new Failure(`${path} could not be closed: run the restore again.`);
  sync(path);
}
