/** Whether the files of a backup are as they were made. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure, FOUND_WRONG } from '../exit.js';
import type { Manifest } from './manifest.js';
import type { Backup } from './places.js';

type File = Manifest['files'][number];

export async function fileIn(folder: string, name: string): Promise<File> {
  const path = join(folder, name);
  const sha256 = createHash('sha256');
  for await (const bytes of createReadStream(path)) sha256.update(bytes as Buffer);
  return { name, bytes: statSync(path).size, sha256: sha256.digest('hex') };
}

/** @throws Failure for the first file that is not as it was made */
export async function mustBeAsMade({ folder, manifest }: Backup): Promise<void> {
  for (const file of manifest.files) {
    const found = statSync(join(folder, file.name), { throwIfNoEntry: false });
    if (found === undefined) throw wrong(folder, `the file ${file.name} is missing`);
    if (found.size !== file.bytes || (await fileIn(folder, file.name)).sha256 !== file.sha256)
      throw wrong(folder, `the file ${file.name} is not as it was made`);
  }
}

/** Copies them, and looks at what was copied: a disk may fail between two readings. @throws Failure */
export async function copyAsMade({ folder, manifest }: Backup, to: string): Promise<void> {
  for (const { name, sha256 } of manifest.files) {
    const digest = createHash('sha256');
    const seeing = new Transform({
      transform(bytes: Buffer, _, pass) {
        digest.update(bytes);
        pass(null, bytes);
      },
    });
    const copy = createWriteStream(join(to, name), { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(createReadStream(join(folder, name)), seeing, copy);
    if (digest.digest('hex') !== sha256) throw wrong(folder, `the file ${name} is not as it was made`);
  }
}

const wrong = (folder: string, what: string): Failure =>
  new Failure(`The backup ${folder} is damaged, ${what}: take another backup.`, FOUND_WRONG);
