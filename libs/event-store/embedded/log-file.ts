/** The log as a file: copied while others append to it, read where nobody does, held so that nobody can. */
import { statSync } from 'node:fs';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { copyAsOf, copying, damageIn, fold, holdAlone, InUse, StoreFile } from '#sqlite/index.js';
import { StoreUnavailable, type EventStore } from '../port.js';
import { indexFaults } from './index-check.js';
import { Reader } from './reader.js';
import { checkOrigin, openForReading, ROWS } from './schema.js';
import { COPY, WORDS } from './words.js';

/** A log that is read and not written. */
export interface LogFile extends Required<Omit<EventStore, 'append' | 'subscribe' | 'trouble'>> {
  /** Null where all of the file is sound; slow, for it is all read. */
  damage(): string | null;
}

/** The file of a log that nobody else has open, and that nobody else can open until it is released. */
export interface HeldLog {
  /** Null where the file is still empty. */
  readonly log: LogFile | null;
  /** Makes it one file, which can be moved. Nothing is read from it afterwards. */
  fold(): void;
  release(): void;
}

/**
 * Copies the log as it is at one position. Others go on appending meanwhile; what they append is not in the copy, and the
 * write-ahead log keeps it until the copy is made.
 * @param at told the share that is copied, from 0 to 1
 * @throws StoreUnavailable
 */
export async function copyLog(path: string, to: string, at: (share: number) => void): Promise<void> {
  mustBeThere(path);
  const file = new StoreFile(path, WORDS);
  try {
    const log = openForReading(path);
    try {
      file.opened(log);
      log.exec('BEGIN; SELECT max(position) FROM events'); // from this read on it sees what it sees now
      await copying(file, new StoreFile(to, COPY), () => copyAsOf(log, to, at));
      file.look();
    } finally {
      log.close();
    }
  } catch (error) {
    throw file.error(error);
  }
}

/** Reads a log without changing it or putting anything beside it, where it is a copy. @throws StoreUnavailable */
export function readLogFile(path: string): LogFile {
  mustBeThere(path);
  const file = new StoreFile(path, WORDS);
  try {
    const log = openForReading(path);
    checkOrigin(path, log);
    return logFile(file, log);
  } catch (error) {
    throw file.error(error);
  }
}

/** @throws InUse, StoreUnavailable */
export function holdLog(path: string): HeldLog {
  const file = new StoreFile(path, WORDS);
  try {
    const held = holdAlone(path, ROWS);
    const log = checkOrigin(path, held) === 'new' ? null : logFile(file, held);
    return { log, fold: () => fold(held), release: () => held.close() };
  } catch (error) {
    throw error instanceof InUse ? error : file.error(error);
  }
}

function logFile(file: StoreFile, log: DatabaseSyncInstance): LogFile {
  const reader = new Reader(file, () => log);
  return {
    contiguous: true,
    head: async () => reader.head(),
    count: async (options = {}) => reader.count(options),
    readAll: (options = {}) => reader.readAll(options),
    readStream: (stream, options = {}) => reader.readStream(stream, options),
    indexFaults: (check) => indexFaults(reader, check),
    damage: () => file.read(() => damageIn(log)),
    close: async () => reader.close(),
  };
}

function mustBeThere(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new StoreUnavailable(`There is no event log ${path}: correct the folder.`);
}
