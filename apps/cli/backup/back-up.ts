/**
 * Backs up a data folder while servers run on it: first the log, then the keys, so that no event of the copied log lacks
 * its key. A run that fails takes away what it has made.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { copyLog } from '#event-store/index.js';
import { systemClock, systemIds } from '#kernel';
import { copyKeys } from '#key-store/index.js';
import { files, type Config } from '../../composition/config.js';
import { closeDataFolder } from '../../composition/data-folder.js';
import { mustBeWhole } from '../../composition/restoring.js';
import { progress } from '../progress.js';
import { fileIn } from './digest.js';
import { examine, KEYS, LOG, type Examined } from './examine.js';
import { writeManifest, type Manifest } from './manifest.js';
import { makePlace, mustLieApart, nameAt, type Places } from './places.js';

export interface BackedUp extends Examined {
  readonly backup: string;
  /** The folders of this backup. */
  readonly folders: Places;
}

export async function backUp(config: Config, places: Places): Promise<BackedUp> {
  mustLieApart(places, config.dataFolder);
  closeDataFolder(config.dataFolder);
  mustBeWhole(config.dataFolder);
  const time = systemClock.now();
  const log = makePlace(places.log, nameAt(time));
  const made = [log];
  try {
    const keys = makePlace(places.keys, nameAt(time));
    made.push(keys);
    const folders = { log, keys };
    await copy(config, folders);
    const examined = await examine(folders, config);
    const backup = systemIds.next();
    const manifest = { backup, time, product: productVersion(), ...examined };
    // The log's is the last: a backup begins there.
    for (const [folder, of, name] of [
      [keys, 'keys', KEYS],
      [log, 'log', LOG],
    ] as const)
      writeManifest(folder, { ...manifest, of, files: [await fileIn(folder, name)] });
    return { backup, folders, ...examined };
  } catch (error) {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function copy(config: Config, { log, keys }: Places): Promise<void> {
  const { events, keys: keysFile } = files(config);
  const megabytes = (statSync(events, { throwIfNoEntry: false })?.size ?? 0) / 1e6;
  const bar = progress('Copying the log', 'MB');
  const at = (share: number): void => bar.at(Math.floor(share * megabytes), share);
  await copyLog(events, join(log, LOG), at);
  at(1);
  bar.end();
  await copyKeys(keysFile, join(keys, KEYS));
}

/** Of the program that runs. */
export function productVersion(): Manifest['product'] {
  const path = new URL('../../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version;
}
