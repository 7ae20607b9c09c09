/**
 * The traces of a restore in the data folder. It prepares everything in a folder of its own and then exchanges the files.
 * As long as it exchanges them there is a note, and nobody starts: one that was cut off is finished by the next restore.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '#event-store/port.js';

const NOTE = 'restoring.json';
/** Begins the name of the folder in which a restore prepares. */
export const PREPARED = 'restoring-';
/** Begins the name of the folder into which what was replaced is moved. */
export const REPLACED = 'replaced-';

export const noteIn = (folder: string): string => join(folder, NOTE);

export const isOfRestore = (name: string): boolean =>
  name.startsWith(NOTE) || name.startsWith(PREPARED) || name.startsWith(REPLACED);

/** @throws StoreUnavailable while the files of the folder are being exchanged, and where that was cut off */
export function mustBeWhole(folder: string): void {
  if (existsSync(noteIn(folder)))
    throw new StoreUnavailable(
      `A restore into ${folder} is under way, or was cut off: if none is running, run "touchstone restore" again, which finishes it.`,
    );
}
