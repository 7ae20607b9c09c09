/** What went wrong below, said in one line to whoever runs the program: what it is and what to do about it. */
import { StoreUnavailable } from '../port.js';

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that an operator can do something about. */
const ADVICE: Readonly<Record<number, (path: string) => string>> = {
  5: (path) => `${path} has been locked for too long: end the other program that is writing to it`,
  6: (path) => `${path} has been locked for too long: end the other program that is writing to it`,
  8: (path) => `${path} cannot be written: let this user write to the file and to its folder`,
  10: (path) => `${path} cannot be read or written: check the disk`,
  11: (path) => `${path} is damaged: restore it from a backup`,
  13: (path) => `${path} cannot grow, the disk is full: free some space`,
  14: (path) => `${path} cannot be opened: check that its folder exists and that this user may write there`,
  26: (path) => `${path} is not an event log: restore it from a backup, or name another file`,
};

/** The same codes for the system's own errors, met before SQLite is asked. */
const SYSTEM: Readonly<Record<string, number>> = {
  EACCES: 14,
  EPERM: 14,
  ENOTDIR: 14,
  EEXIST: 14,
  EROFS: 8,
  ENOSPC: 13,
};

/** One line for any error met while working on the log at `path`. */
export function reasonOf(path: string, error: unknown): string {
  const { errcode, code, message } = Object(error) as { errcode?: number; code?: string; message?: string };
  const advice = ADVICE[errcode === undefined ? (SYSTEM[code ?? ''] ?? -1) : errcode & 0xff];
  return advice ? `The event log ${advice(path)}.` : (message ?? String(error));
}

export function unavailable(path: string, error: unknown): StoreUnavailable {
  return error instanceof StoreUnavailable
    ? error
    : new StoreUnavailable(reasonOf(path, error), { cause: error });
}
