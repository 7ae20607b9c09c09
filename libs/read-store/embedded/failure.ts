/**
 * What SQLite says, in the words of the port. It is told by its messages, which are fixed and name tables and
 * files, never values: the binding gives a result code with some errors only.
 */
import { types } from 'node:util';
import { DANGLING } from '../checks.js';
import { ReadStoreUnavailable } from '../port.js';

const SQLITE_CODES = ['ERR_SQLITE_ERROR', 'ERR_INVALID_STATE'];

/** Not `instanceof`: where a test runner has a realm of its own, native code's errors come from another. */
export const codeOf = (error: unknown): string | undefined =>
  types.isNativeError(error) && 'code' in error ? String(error.code) : undefined;

const isSqlite = (error: unknown): error is Error => SQLITE_CODES.includes(codeOf(error) ?? '');

const says = (error: unknown, pattern: RegExp): boolean => isSqlite(error) && pattern.test(error.message);

export const isDamage = (error: unknown): boolean => says(error, /malformed|not a database/);

/** Another connection dropped the collection that a statement was prepared for. */
export const isTableGone = (error: unknown): boolean =>
  isSqlite(error) && /no such table/.test(error.message);

/** The error to throw instead of one of SQLite's; any other is itself. */
export function translated(error: unknown, path: string): unknown {
  if (!isSqlite(error)) return error;
  const cause = { cause: error };
  if (says(error, /constraint failed/)) {
    return new TypeError(DANGLING, cause);
  }
  if (isDamage(error)) {
    return new ReadStoreUnavailable(`${path} is damaged: stop, delete it, start again to rebuild it`, cause);
  }
  if (says(error, /database is locked/)) {
    return new ReadStoreUnavailable(`${path} is held by another process`, cause);
  }
  return new ReadStoreUnavailable(`${path}: ${error.message}`, cause);
}
