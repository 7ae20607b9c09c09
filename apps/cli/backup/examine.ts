/** Looks at the copies of a backup as whoever restores them will: opens them, verifies the log, tries every key. */
import { join } from 'node:path';
import { keyStoreOf } from '#access/installation.js';
import { writeCheckpoint } from '#audit/checkpoint.js';
import { readLogFile } from '#event-store/index.js';
import { readKeyFile } from '#key-store/index.js';
import type { Config } from '../../composition/config.js';
import { Failure } from '../exit.js';
import type { Manifest } from './manifest.js';
import type { Places } from './places.js';
import { firstWrong, verifyWatched } from './watched.js';

export const LOG = 'events.sqlite';
export const KEYS = 'keys.sqlite';

export type Examined = Pick<Manifest, 'installation' | 'log' | 'keys'>;

/** @throws Failure where the copies are no backup, StoreUnavailable, KeyStoreUnavailable */
export async function examine(places: Places, { masterKeys }: Config): Promise<Examined> {
  const log = readLogFile(join(places.log, LOG));
  const keys = readKeyFile(join(places.keys, KEYS), masterKeys);
  try {
    for (const [name, { damage }] of [
      [LOG, log],
      [KEYS, keys],
    ] as const)
      mustBeSound(name, damage());
    const { report, sealed } = await verifyWatched(log, 'Verifying the copy');
    if (report.verdict === 'broken')
      throw new Failure(`The log is NOT as it was appended: ${firstWrong(report)}. Run "touchstone verify".`);
    const installation = await keyStoreOf(log);
    if (installation !== keys.fingerprint)
      throw new Failure(
        `The log was written with the key store ${installation}, and the keys are those of ${keys.fingerprint}: correct TOUCHSTONE_DATA.`,
      );
    return {
      installation,
      log: {
        position: String((await log.head()) ?? 0n),
        events: report.events,
        checkpoint: writeCheckpoint(report.checkpoint),
      },
      keys: {
        subjects: keys.subjects,
        erasures: keys.erasures,
        masterKey: keys.masterKey,
        missing: keys.without([...sealed]).length,
        damaged: keys.damaged().length,
      },
    };
  } finally {
    await log.close();
    keys.close();
  }
}

function mustBeSound(name: string, damage: string | null): void {
  if (damage !== null) throw new Failure(`The copy ${name} is damaged (${damage}): look at the disks.`);
}
