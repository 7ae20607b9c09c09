/**
 * The data folder is for the user who runs Touchstone, and for nobody else on the machine: the keys open
 * everybody's personal fields, and the views hold them in the clear. Each start closes
 * files that an older version or a backup left open to others.
 *
 * A place that is shared stays as it is. There only what is known to be ours is closed.
 */
import { readdirSync, statSync, type Dirent, type Stats } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { closeFolderToOthers, closeToOthers, OWNER_ONLY } from '#sqlite/index.js';
import { isOfRestore } from './restoring.js';

/** No other user can read what this process makes from now on. To be called before it makes anything. */
export const keepToOurselves = (): void => void process.umask(OWNER_ONLY);

/** Where the command line keeps how far imports got. */
export const importsIn = (folder: string): string => join(folder, IMPORTS);

const IMPORTS = 'imports';
const MEMORIES = /^[0-9a-f]{32}\.json/;
/** Ours whoever owns them: the databases, what SQLite puts beside them, and backups of them. */
const DATABASES = /^(events|keys|views)\.(sqlite|backup)/;
/** Ours where this user owns them. */
const COPIES = /\.(sqlite|backup)/;

const STICKY = 0o1000;

/** @throws Exposed, for a file of ours that cannot be closed */
export function closeDataFolder(folder: string): void {
  const user = process.getuid?.();
  if (user === undefined) return; // a system whose files have no modes
  const ownedHere = (name: string): boolean => statOf(join(folder, name))?.uid === user;
  closeAll(importsIn(folder), ({ name }) => MEMORIES.test(name));
  const alone = closeAll(
    folder,
    ({ name }) => DATABASES.test(name) || (COPIES.test(name) && ownedHere(name)),
    (name) => name === IMPORTS || isOfRestore(name),
  );
  const found = statOf(folder);
  if (alone && found && isOwn(found, user) && isOpen(found)) closeFolderToOthers(folder);
}

/** Whether nothing is in the folder but ours. No link is followed: it may lead to anything. */
function closeAll(
  folder: string,
  isOurs: (entry: Dirent) => boolean,
  besides: (name: string) => boolean = () => false,
): boolean {
  let alone = true;
  for (const entry of entriesOf(folder)) {
    if (entry.isFile() && isOurs(entry)) closeToOthers(join(folder, entry.name));
    else if (!besides(entry.name)) alone = false;
  }
  return alone;
}

/** A folder that is not there, or that cannot be read, has none: the stores will say what is wrong with it. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

const isOwn = ({ uid, mode }: Stats, user: number): boolean => uid === user && (mode & STICKY) === 0;

const isOpen = (found: Stats): boolean => found.isDirectory() && (found.mode & OWNER_ONLY) !== 0;
