/** What SQLite says, in the words of the port. Its messages name tables and files, never values. */
import { ReadStoreUnavailable, WrongCheckpoint } from '../port.js';

const BUSY = 5;
const CORRUPT = 11;
const CONSTRAINT = 19;
const NOT_A_DATABASE = 26;

const isSqlite = (error: unknown): error is Error & { readonly code: string; readonly errcode?: number } =>
  error instanceof Error && 'code' in error;

/** The primary result code; extended codes hold it in their low byte. */
const resultCode = (error: unknown): number | undefined =>
  isSqlite(error) && error.errcode !== undefined ? error.errcode & 0xff : undefined;

export const isDamage = (error: unknown): boolean =>
  resultCode(error) === CORRUPT || resultCode(error) === NOT_A_DATABASE;

/** Another connection dropped the collection that a statement was prepared for. */
export const isTableGone = (error: unknown): boolean => isSqlite(error) && /no such table/.test(error.message);

/** What to throw instead of `error`. */
export function translated(error: unknown, path: string): unknown {
  if (error instanceof WrongCheckpoint || !isSqlite(error)) return error;
  if (error instanceof ReadStoreUnavailable) return error;
  const cause = { cause: error };
  if (resultCode(error) === CONSTRAINT) {
    return new TypeError('An entry is listed whose document does not exist', cause);
  }
  if (isDamage(error)) {
    return new ReadStoreUnavailable(`${path} is damaged: stop, delete it, start again to rebuild it`, cause);
  }
  if (resultCode(error) === BUSY) {
    return new ReadStoreUnavailable(`${path} is held by another process`, cause);
  }
  return new ReadStoreUnavailable(`${path}: ${error.message}`, cause);
}
