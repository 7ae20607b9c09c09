/**
 * How far an import of a file got, beside the data, so that the same command goes on from there. It only saves time:
 * what was recorded is known by the keys of the lines, and when the store is not the one that was imported into, the
 * import begins anew.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { importsIn } from '../composition/data-folder.js';

export interface Memory {
  /** Lines that were answered by a recording; 0 for an import that is new or was finished. */
  readonly answered: number;
  remember(answered: number): Promise<void>;
  /** The import is complete: run again, it is checked line by line. */
  forget(): Promise<void>;
}

/** @param way everything besides the file's content that makes it the same import */
export async function memoryOf(folder: string, file: string, way: readonly string[]): Promise<Memory> {
  const hash = createHash('sha256').update(way.join('\n'));
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const imports = importsIn(folder);
  const path = join(imports, `${hash.digest('hex').slice(0, 32)}.json`);
  return {
    answered: await readAnswered(path),
    async remember(answered) {
      await mkdir(imports, { recursive: true, mode: 0o700 });
      await writeClosed(`${path}.new`, JSON.stringify({ answered }));
      await rename(`${path}.new`, path); // whole or not at all
    },
    forget: () => rm(path, { force: true }),
  };
}

/** No other user can read it, also where it takes the place of one that was left open to others. */
async function writeClosed(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

async function readAnswered(path: string): Promise<number> {
  try {
    const { answered } = JSON.parse(await readFile(path, 'utf8')) as { answered?: unknown };
    return typeof answered === 'number' && Number.isSafeInteger(answered) && answered > 0 ? answered : 0;
  } catch {
    return 0; // there is none, or it is unreadable: begin anew, the keys see to the rest
  }
}
