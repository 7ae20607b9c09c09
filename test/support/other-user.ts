/** The files that another user of the machine can read: tried as one where the test's own user is root, else told by the modes. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const NOBODY = { uid: 65_534, gid: 65_534 };

export const isRoot = process.getuid?.() === 0;

export function canOthersRead(path: string): boolean {
  if (isRoot) return spawnSync('head', ['-c', '1', path], NOBODY).status === 0;
  return (statSync(path).mode & 0o004) !== 0 && (statSync(dirname(path)).mode & 0o001) !== 0;
}

/** For example `0600`; `none` for what is not there. */
export function modeOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? 'none' : `0${(found.mode & 0o7777).toString(8)}`;
}

/** Every file in a folder and below it, by its path from there. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** Those that anybody but their owner has any right to. */
export const openFilesIn = (folder: string): string[] =>
  filesIn(folder)
    .map((name) => `${modeOf(join(folder, name))} ${name}`)
    .filter((line) => !/^(0[0-7]00|none) /.test(line));

export const readByOthersIn = (folder: string): string[] =>
  filesIn(folder).filter((name) => canOthersRead(join(folder, name)));
