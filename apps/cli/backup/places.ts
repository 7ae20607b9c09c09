/**
 * Where backups lie. Each run makes a folder named by time in the folder that was given, so that a nightly run overwrites
 * nothing and the newest is the last by name. Log and keys lie apart: whoever has both can read everybody.
 */
import { mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Failure, FOUND_WRONG, USAGE } from '../exit.js';
import { readManifest, type Manifest } from './manifest.js';

export interface Backup {
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface Places {
  readonly log: string;
  readonly keys: string;
}

/** @throws Failure where one of the folders lies in another, or in the data folder */
export function mustLieApart({ log, keys }: Places, dataFolder: string): void {
  const within = (inner: string, outer: string): boolean => {
    const way = relative(realOf(outer), realOf(inner));
    return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
  };
  if (within(keys, log) || within(log, keys))
    throw new Failure(
      `--keys ${keys} lies in the folder of the log, or that in it: give the keys a place of their own.`,
      USAGE,
    );
  for (const folder of [log, keys])
    if (within(folder, dataFolder))
      throw new Failure(`${folder} lies in the data folder ${dataFolder}: give a place elsewhere.`, USAGE);
}

/** The name of a backup that begins now: it sorts by time, and no file system objects to it. */
export const nameAt = (time: string): string => time.replaceAll(':', '-');

/** A folder that was not there before, for nobody else. @throws Failure */
export function makePlace(folder: string, name: string): string {
  const place = resolve(folder, name);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    mkdirSync(place, { mode: 0o700 });
    return place;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(`${place} cannot be made (${code}): let this user write to ${folder}.`);
  }
}

/** The backup in the folder itself, or else the newest whole one of those that lie in it. @throws Failure */
export function findBackup(folder: string, of: Manifest['of']): Backup {
  const [newest] = backupsIn(folder, of);
  if (newest === undefined) throw none(folder, of);
  return newest;
}

/** The keys of this backup; where they are not there, the newest. @throws Failure */
export function findKeys(folder: string, { manifest: { backup } }: Backup): Backup {
  const found = backupsIn(folder, 'keys');
  const keys = found.find(({ manifest }) => manifest.backup === backup) ?? found[0];
  if (keys === undefined) throw none(folder, 'keys');
  return keys;
}

/** The newest first. */
function backupsIn(folder: string, of: Manifest['of']): Backup[] {
  const own = readManifest(folder);
  if (own !== null) return own.of === of ? [{ folder, manifest: own }] : [];
  return foldersIn(folder)
    .flatMap((place) => {
      const manifest = readManifest(place);
      return manifest?.of === of ? [{ folder: place, manifest }] : [];
    })
    .sort((a, b) => (a.manifest.time < b.manifest.time ? 1 : -1));
}

function foldersIn(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

const KINDS = { log: 'of the log', keys: 'of the keys', servers: 'of servers' } as const;

const none = (folder: string, of: Manifest['of']): Failure =>
  new Failure(
    `There is no whole backup ${KINDS[of]} in ${folder}: give a folder in which backup.json lies, or one with such folders in it.`,
    FOUND_WRONG,
  );

/** Also of what is not there yet: links on the way to it count. */
function realOf(path: string): string {
  const whole = resolve(path);
  if (statSync(whole, { throwIfNoEntry: false }) !== undefined) return realpathSync(whole);
  return dirname(whole) === whole ? whole : join(realOf(dirname(whole)), basename(whole));
}
