/**
 * Failures of SQLite, said in one line to whoever runs the program: which file, what is wrong and what to do.
 *
 * The binding gives SQLite's result code with some errors only, so its messages are asked as well. These are fixed;
 * they name tables and columns, never values.
 */
import { basename } from 'node:path';
import { getSystemErrorName } from 'node:util';
import { Exposed } from './closed-to-others.js';
import { Replaced } from './presence.js';
import { sentence, type Trouble, type Words } from './words.js';

/** Travels between threads. */
export interface Said {
  readonly trouble: Trouble;
  /** For the log and the terminal: names the file with its folder. */
  readonly message: string;
  /** For anybody: a folder may be called after a person, and is left out. */
  readonly reason: string;
}

/** Primary result codes (https://sqlite.org/rescode.html). */
const BY_CODE: Readonly<Record<number, Trouble>> = {
  3: 'closed',
  5: 'locked',
  6: 'locked',
  7: 'memory',
  8: 'read-only',
  10: 'disk',
  11: 'damaged',
  13: 'full',
  14: 'closed',
  15: 'locked',
  26: 'foreign',
};

/** SQLITE_READONLY_DBMOVED: SQLite itself looks whether its file is there, before some writes. */
const MOVED = 1032;

const BY_MESSAGE: readonly (readonly [RegExp, Trouble])[] = [
  [/malformed/, 'damaged'],
  [/file is not a database/, 'foreign'],
  [/is locked|locking protocol/, 'locked'],
  [/readonly database/, 'read-only'],
  [/disk I\/O error/, 'disk'],
  [/disk is full/, 'full'],
  [/unable to open database/, 'closed'],
  [/out of memory/, 'memory'],
];

/** The system's own errors, met before SQLite is asked or told by it as what lies behind an I/O error. */
const BY_SYSTEM: Readonly<Record<string, Trouble>> = {
  EROFS: 'read-only',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EIO: 'disk',
  EISDIR: 'closed',
};

interface Raw {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly errcode?: number;
  readonly systemErrno?: number;
  readonly syscall?: unknown;
}

/** Null for what is neither SQLite's error nor the system's: a defect, which keeps its stack. */
export function said(error: unknown, words: Words, path: string): Said | null {
  const found = troubleOf(error);
  if (found === null) return null;
  const [trouble, detail] = found;
  return {
    trouble,
    message: sentence(trouble, words, path, detail),
    reason: sentence(trouble, words, basename(path), detail),
  };
}

function troubleOf(error: unknown): readonly [Trouble, detail: string] | null {
  if (error instanceof Replaced) return ['replaced', ''];
  if (error instanceof Exposed) return ['exposed', ''];
  // By its properties: where a test runner has a realm of its own, the binding's errors are of another class.
  const { code, message, errcode, systemErrno, syscall }: Raw = Object(error);
  if (code === 'ERR_SQLITE_ERROR' || code === 'ERR_INVALID_STATE') {
    const system = systemErrno ? getSystemErrorName(-systemErrno) : undefined;
    const text = String(message);
    const trouble = ofSqlite(text, errcode);
    return [(trouble === 'disk' && BY_SYSTEM[system ?? '']) || trouble, system ?? text];
  }
  if (typeof code === 'string' && syscall !== undefined) return [BY_SYSTEM[code] ?? 'closed', code];
  return null;
}

function ofSqlite(message: string, errcode: number | undefined): Trouble {
  if (errcode === MOVED) return 'replaced';
  const byCode = errcode === undefined ? undefined : BY_CODE[errcode & 0xff];
  return byCode ?? BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ?? 'other';
}
