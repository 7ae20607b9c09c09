/**
 * Puts prepared files in the place of those in the data folder. First there is a note of what is to be done, and from then
 * on nobody starts; each step is one renaming; done again from the beginning, all of it does what is left to do. So
 * whoever is killed in between leaves what the next restore finishes.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { PARTS, sync } from '#sqlite/index.js';
import { files, type Config } from '../../composition/config.js';
import { noteIn } from '../../composition/restoring.js';
import { Failure } from '../exit.js';

export interface Exchange {
  readonly backup: string;
  /** Name of the folder with the files that are to come, in the data folder. */
  readonly prepared: string;
  /** Name of the folder into which go those that are there; null where there are none. */
  readonly replaced: string | null;
}

const NAMES = ['events.sqlite', 'keys.sqlite'];

/** From here on it is to be done. */
export function begin({ dataFolder }: Pick<Config, 'dataFolder'>, exchange: Exchange): void {
  const path = noteIn(dataFolder);
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, JSON.stringify(exchange));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path); // whole or not at all
  sync(dataFolder);
}

/** Null where none is under way. */
export function begun({ dataFolder }: Config): Exchange | null {
  const path = noteIn(dataFolder);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Exchange) : null;
}

export function finish(config: Config, { prepared, replaced }: Exchange): void {
  const { dataFolder } = config;
  const [from, aside] = [join(dataFolder, prepared), replaced && join(dataFolder, replaced)];
  if (aside !== null) mkdirSync(aside, { recursive: true, mode: 0o700 });
  for (const name of NAMES) {
    if (!existsSync(join(from, name))) continue; // it has been put in its place
    putAside(dataFolder, aside, name);
    renameSync(join(from, name), join(dataFolder, name));
  }
  // They show people who were erased since, or who are not in the log any more, and are built anew from it.
  for (const part of PARTS) rmSync(files(config).views + part, { force: true });
  if (aside !== null) sync(aside);
  sync(dataFolder);
  rmSync(from, { recursive: true, force: true });
  rmSync(noteIn(dataFolder));
  sync(dataFolder);
}

function putAside(dataFolder: string, aside: string | null, name: string): void {
  for (const file of PARTS.map((part) => name + part)) {
    const found = statSync(join(dataFolder, file), { throwIfNoEntry: false });
    if (found === undefined) continue;
    if (found.size === 0 || aside === null) {
      rmSync(join(dataFolder, file)); // nothing is in it
      continue;
    }
    if (existsSync(join(aside, file)))
      throw new Failure(
        `${file} is both in ${dataFolder} and in ${aside}: somebody put it there since the restore was cut off. Move the one in ${dataFolder} away.`,
      );
    renameSync(join(dataFolder, file), join(aside, file));
  }
}
