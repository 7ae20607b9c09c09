/** Says in one line what the system refuses while files are copied and moved, as a store does. */
import { Failure } from '../exit.js';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space',
  EDQUOT: 'free some space',
  EACCES: 'let this user read and write there',
  EPERM: 'let this user read and write there',
  EROFS: 'let this user read and write there',
};

export async function inOneLine<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
    if (typeof code !== 'string' || syscall === undefined) throw error;
    const what = dest ?? path ?? 'A file';
    throw new Failure(
      `${what} cannot be read or written (${code}): ${REMEDIES[code] ?? 'look at the disk and at the folder'}.`,
    );
  }
}
