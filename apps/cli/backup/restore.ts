/**
 * Puts a backup in the place of what is in the data folder. Everything is looked at first, and everything is prepared
 * before anything is replaced; what is replaced is moved aside, never deleted.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#kernel';
import { readLogFile } from '#event-store/index.js';
import { readKeyFile } from '#key-store/index.js';
import { fold, holdAlone, InUse } from '#sqlite/index.js';
import { files, type Config } from '../../composition/config.js';
import { closeDataFolder } from '../../composition/data-folder.js';
import { PREPARED, REPLACED } from '../../composition/restoring.js';
import { Failure } from '../exit.js';
import { mustBeAsMade } from './digest.js';
import { KEYS, LOG } from './examine.js';
import { begin, begun, finish, type Exchange } from './exchange.js';
import { listErasures } from './erasure-list.js';
import { lossOf, type Loss } from './loss.js';
import { findBackup, findKeys, nameAt, type Backup, type Places } from './places.js';
import type { Prepared } from './prepare.js';
import { holdPresent, inUse, type Present } from './present.js';
import { mayBe, planOf, type Allowed } from './plan.js';
import { verifyAsNoted, verifyWatched } from './watched.js';

export interface Asked extends Allowed {
  readonly places: Places;
  /** Looks, says what would be replaced, and changes nothing. */
  readonly check: boolean;
  /** Only lists the people whose erasure the backup does not know. */
  readonly leaveErasures: boolean;
  /** Told what is about to be done; false, and nothing is. */
  readonly agreed: (plan: readonly string[], replaces: boolean) => Promise<boolean>;
}

export interface Restored extends Prepared {
  readonly outcome: 'restored' | 'finished' | 'checked';
  readonly backup: string;
  readonly time: string;
  /** Events that were in the data folder alone; null where nobody can say. */
  readonly lostEvents: number | null;
  /** People whose erasure was not repeated, because it was not to be. */
  readonly left: readonly string[];
  /** Where that is which was replaced; null where nothing was there. */
  readonly replaced: string | null;
}

interface Found {
  readonly log: Backup;
  readonly keys: Backup;
}

/** @throws Failure, before anything is replaced */
export async function restore(config: Config, asked: Asked): Promise<Restored> {
  closeDataFolder(config.dataFolder);
  const log = findBackup(asked.places.log, 'log');
  const earlier = begun(config);
  if (earlier !== null) {
    finishEarlier(config, earlier);
    if (earlier.backup === log.manifest.backup) return finished(config, log, earlier);
  }
  const found = { log, keys: findKeys(asked.places.keys, log) };
  await mustBeAsMade(found.log);
  await mustBeAsMade(found.keys);
  const opened = open(found, config);
  const present = await holdPresent(config);
  try {
    const loss = await lossOf(present, opened);
    const missing = await missingKeys(found, opened);
    mayBe(config, found, { present, loss, missing }, asked);
    const plan = planOf(config, found, { present, loss, missing }, asked.leaveErasures);
    if (asked.check) return await checked(found, opened, loss, plan, asked);
    if (!(await asked.agreed(plan, present.replaced.length > 0))) throw new Failure('Nothing was replaced.');
    return await replace(config, found, present, loss, asked.leaveErasures);
  } finally {
    present.release();
  }
}

type Files = Parameters<typeof lossOf>[1];

function open({ log, keys }: Found, { masterKeys }: Config): Files {
  const opened = {
    log: readLogFile(join(log.folder, LOG)),
    keys: readKeyFile(join(keys.folder, KEYS), masterKeys),
  };
  if (opened.keys.fingerprint !== log.manifest.installation)
    throw new Failure(
      `${keys.folder} has the keys of installation ${opened.keys.fingerprint}, and ${log.folder} the log of ${log.manifest.installation}: give --keys the keys of that log.`,
    );
  return opened;
}

/** Customers whose key is missing beyond those that were when the log was backed up. */
async function missingKeys({ log, keys }: Found, files: Files): Promise<number> {
  if (keys.manifest.backup === log.manifest.backup) return 0;
  const { sealed } = await verifyWatched(files.log, 'Looking for the keys of everybody in the log');
  return Math.max(0, files.keys.without([...sealed]).length - log.manifest.keys.missing);
}

async function replace(
  config: Config,
  found: Found,
  present: Present,
  loss: Loss,
  leaveErasures: boolean,
): Promise<Restored> {
  const { backup, time } = found.log.manifest;
  const now = nameAt(systemClock.now());
  const prepared = `${PREPARED}${now}`;
  const replaced = present.replaced.length > 0 ? `${REPLACED}${now}` : null;
  const { clearPrepared, prepare } = await import('./prepare.js'); // loads all of Touchstone: a refusal needs none of it
  clearPrepared(config);
  let ready: Prepared;
  try {
    ready = await prepare(
      config,
      join(config.dataFolder, prepared),
      found,
      leaveErasures ? new Map() : loss.erased,
    );
  } catch (error) {
    rmSync(join(config.dataFolder, prepared), { recursive: true, force: true });
    throw error;
  }
  present.fold();
  if (replaced !== null) listErasures(join(config.dataFolder, replaced), loss.erased, ready.again);
  const exchange = { backup, prepared, replaced };
  begin(config, exchange);
  finish(config, exchange);
  return {
    ...ready,
    outcome: 'restored',
    backup,
    time,
    lostEvents: loss.events,
    left: leaveErasures ? [...loss.erased.keys()] : [],
    replaced: replaced && join(config.dataFolder, replaced),
  };
}

async function checked(
  { log }: Found,
  files: Files,
  loss: Loss,
  plan: readonly string[],
  { agreed }: Asked,
): Promise<Restored> {
  const { sealed: _, ...noted } = await verifyAsNoted(files.log, log.manifest, 'Verifying the backup');
  await agreed(plan, false);
  return {
    ...noted,
    ...NOTHING_DONE,
    outcome: 'checked',
    backup: log.manifest.backup,
    time: log.manifest.time,
    subjects: files.keys.subjects,
    lostEvents: loss.events,
    left: [...loss.erased.keys()],
  };
}

const NOTHING_DONE = { again: [], unknown: [], left: [], lostEvents: 0, replaced: null } as const;

/** Of a restore that was cut off while it exchanged the files. @throws Failure where one of them is in use */
function finishEarlier(config: Config, earlier: Exchange): void {
  const held = Object.values(files(config))
    .filter((path) => existsSync(path))
    .map((path) => ({ path, database: holdOrRefuse(path, config.dataFolder) }));
  for (const { database } of held) if (database !== null) fold(database);
  finish(config, earlier);
  for (const { database } of held) database?.close();
}

/** Null for what is no database: it is moved as it is. */
function holdOrRefuse(path: string, folder: string): ReturnType<typeof holdAlone> | null {
  try {
    return holdAlone(path);
  } catch (error) {
    if (error instanceof InUse) throw inUse(folder, error);
    return null;
  }
}

/** It was verified before the files were exchanged, and is once more. */
async function finished(config: Config, { manifest }: Backup, { replaced }: Exchange): Promise<Restored> {
  const { events, keys } = files(config);
  const { sealed: _, ...noted } = await verifyAsNoted(
    readLogFile(events),
    manifest,
    'Verifying what is restored',
  );
  return {
    ...noted,
    ...NOTHING_DONE,
    outcome: 'finished',
    backup: manifest.backup,
    time: manifest.time,
    subjects: readKeyFile(keys, config.masterKeys).subjects,
    replaced: replaced && join(config.dataFolder, replaced),
  };
}
