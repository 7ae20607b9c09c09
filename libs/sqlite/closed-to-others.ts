/**
 * Files that no other user of the machine can read. SQLite gives what it makes beside a database the database's mode, so
 * a database that is closed before SQLite opens it stays closed, with all that comes of it.
 *
 * A file that is there is never opened here. Closing it again would end the locks of every SQLite connection that this
 * process has to it, and another process would then take its write-ahead log away
 * (https://sqlite.org/howtocorrupt.html, section 2.2).
 */
import { chmodSync, closeSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The files of a database, by the ends of their names. */
export const PARTS = ['', '-wal', '-shm', '-journal'] as const;

export const OWNER_ONLY = 0o077;
const FILE = 0o600;
const FOLDER = 0o700;

/** Others can read the file, and this user may not change that. */
export class Exposed extends Error {
  override readonly name = 'Exposed';
  constructor(path: string, options: ErrorOptions) {
    super(
      `The file ${path} can be read by others and belongs to another user: give it to the user who runs this program (chown) and close it (chmod 600), or move it elsewhere.`,
      options,
    );
  }
}

/**
 * Makes the folder and the database, which is empty then, where they are not there, and closes what is there.
 * @throws Exposed, or the system's error
 */
export function claim(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER });
  create(path, 'wx');
  if (statSync(path, { throwIfNoEntry: false }) === undefined) create(path, 'a'); // a link to what is not there yet
  const real = realpathSync(path);
  for (const part of PARTS) closeToOthers(real + part);
}

function create(path: string, flag: 'wx' | 'a'): void {
  try {
    closeSync(openSync(path, flag, FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** @throws Exposed, or the system's error */
export function closeToOthers(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || (found.mode & OWNER_ONLY) === 0) return;
  try {
    chmodSync(path, found.mode & FILE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return; // its last user has just taken it away
    throw code === 'EPERM' ? new Exposed(path, { cause: error }) : error;
  }
}

/** Nobody else can look into the folder, or even see what is in it. For a folder of ours alone. */
export function closeFolderToOthers(folder: string): void {
  chmodSync(folder, FOLDER);
}
