/** What SQLite says, where it is more than that the file cannot serve. Its messages are fixed and hold no values. */
import { types } from 'node:util';
import type { StoreFile } from '#sqlite/index.js';
import { DANGLING } from '../checks.js';

/** Not `instanceof`: where a test runner has a realm of its own, native code's errors come from another. */
export const codeOf = (error: unknown): string | undefined =>
  types.isNativeError(error) && 'code' in error ? String(error.code) : undefined;

const says = (error: unknown, pattern: RegExp): error is Error =>
  codeOf(error) === 'ERR_SQLITE_ERROR' && pattern.test((error as Error).message);

/** Another connection dropped the collection that a statement was prepared for. */
export const isTableGone = (error: unknown): boolean => says(error, /no such table/);

/** The error to throw instead of one of SQLite's; any other is itself. */
export const translated = (error: unknown, file: StoreFile): unknown =>
  says(error, /constraint failed/) ? new TypeError(DANGLING, { cause: error }) : file.error(error);
