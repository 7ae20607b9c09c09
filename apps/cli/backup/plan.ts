/** The plan of a restore, said before it is carried out; and the steps that it takes only where it was told that it may. */
import { Failure } from '../exit.js';
import type { Config } from '../../composition/config.js';
import type { Loss } from './loss.js';
import type { Backup } from './places.js';
import type { Present } from './present.js';

export interface Allowed {
  /** Events that the backup has not may be lost. */
  readonly discardNewer: boolean;
  /** People whose key is missing may stay unreadable. */
  readonly acceptMissingKeys: boolean;
}

interface Backups {
  readonly log: Backup;
  readonly keys: Backup;
}

interface Seen {
  readonly present: Present;
  readonly loss: Loss;
  /** People in the log whose key the backup of the keys lacks. */
  readonly missing: number;
}

/** @throws Failure that names the option which allows it, where there is one */
export function mayBe({ dataFolder }: Config, { log, keys }: Backups, seen: Seen, allowed: Allowed): void {
  const { present, loss, missing } = seen;
  const { installation } = log.manifest;
  if (present.installation !== null && present.installation !== installation)
    throw new Failure(
      `${dataFolder} belongs to installation ${present.installation}, and the backup to ${installation}: correct TOUCHSTONE_DATA, or move what is there away.`,
    );
  if (missing > 0 && !allowed.acceptMissingKeys)
    throw new Failure(
      `${keys.folder} is older than the log: the keys of ${people(missing)} in it are missing, and what was recorded of them could never be read. Give --keys a newer backup; --accept-missing-keys goes on without.`,
    );
  if (allowed.discardNewer || loss.events === 0) return;
  if (loss.events === null)
    throw new Failure(
      `The log in ${dataFolder} cannot be read, so nobody can say whether it has more than the backup: ${loss.unreadable} --discard-newer replaces it; it is moved aside.`,
    );
  throw new Failure(
    `The log in ${dataFolder} is newer than the backup: it goes on to position ${loss.to}, and ${events(loss.events)} would be lost. --discard-newer replaces it; it is moved aside.`,
  );
}

export function planOf(
  { dataFolder, redisUrl }: Config,
  { log, keys }: Backups,
  { present, loss, missing }: Seen,
  leaveErasures: boolean,
): string[] {
  const { manifest } = log;
  const plan = [
    `Backup of ${manifest.time}: ${count(manifest.log.events)} events, up to position ${manifest.log.position}, in ${log.folder}.`,
  ];
  if (keys.manifest.backup !== manifest.backup)
    plan.push(`The keys are of another backup, of ${keys.manifest.time}, in ${keys.folder}.`);
  plan.push(
    present.replaced.length === 0
      ? `${dataFolder} has neither log nor keys: nothing is replaced.`
      : `In ${dataFolder}, ${present.replaced.join(' and ')} are replaced, and moved aside.`,
  );
  if (present.views) plan.push('views.sqlite is removed: the next start builds the views anew from the log.');
  if (redisUrl !== undefined)
    plan.push(
      'Views are in Redis: those that are ahead of the restored log are built anew by the next start.',
    );
  if (loss.events === null)
    plan.push('Nobody can say how many events are lost: the log that is there cannot be read.');
  else if (loss.events > 0)
    plan.push(`What is lost: ${events(loss.events)}, from position ${loss.from} to ${loss.to}.`);
  if (missing > 0)
    plan.push(
      `The keys of ${people(missing)} are missing: what was recorded of them cannot be read any more.`,
    );
  if (present.unreadableKeys !== null)
    plan.push(
      `The keys that are there cannot be read, so nobody can say whose were destroyed: ${present.unreadableKeys}`,
    );
  if (loss.erased.size > 0)
    plan.push(
      `The backup does not know of the erasure of ${people(loss.erased.size)}: ${leaveErasures ? 'they are only listed' : 'they are erased again'}.`,
    );
  return plan;
}

const count = (value: number): string => value.toLocaleString('en');

const people = (value: number): string => (value === 1 ? 'one person' : `${count(value)} people`);

const events = (value: number): string => (value === 1 ? 'one event' : `${count(value)} events`);
