/**
 * The present contents of the data folder, which a restore is to replace. Its files are held until the restore ends: nobody has them open,
 * and nothing is added to them after they were looked at.
 */
import { existsSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { keyStoreOf } from '#access/installation.js';
import { holdLog, StoreUnavailable, type HeldLog, type LogFile } from '#event-store/index.js';
import { holdKeys, type HeldKeys, type KeyFile } from '#key-store/index.js';
import { claim, holdAlone, InUse } from '#sqlite/index.js';
import { files, type Config } from '../../composition/config.js';
import { Failure } from '../exit.js';

export interface Present {
  /** Null where there is none, or where it cannot be read. */
  readonly log: LogFile | null;
  readonly keys: KeyFile | null;
  /** Why it cannot be read, where it is there. */
  readonly unreadableLog: string | null;
  readonly unreadableKeys: string | null;
  /** Fingerprint of the key store of what is there; null where nobody can say. */
  readonly installation: string | null;
  /** Names of files that a restore replaces. */
  readonly replaced: readonly string[];
  /** Whether there are views, which a restore removes. */
  readonly views: boolean;
  /** Makes each database one file that can be moved. Nothing is read from them afterwards. */
  fold(): void;
  release(): void;
}

/** @throws Failure where another process has one of the files open */
export async function holdPresent(config: Config): Promise<Present> {
  const { events, keys: keysFile, views } = files(config);
  const held: { fold(): void; release(): void }[] = [];
  let made = !existsSync(events);
  claim(events); // whoever starts opens the log first: an empty one that is held keeps them out
  const release = (): void => {
    for (const one of held.splice(0)) one.release();
    if (made) rmSync(events, { force: true });
  };
  const holding = <H extends { fold(): void; release(): void }>(one: H): H => {
    held.push(one);
    return one;
  };
  try {
    const log = readable(() => holding(holdLog(events)));
    const keys = sizeOf(keysFile) > 0 ? readable(() => holding(holdKeys(keysFile, config.masterKeys))) : null;
    if (sizeOf(views) > 0) readable(() => holding(heldViews(views)));
    const [openLog, unreadableLog] = log instanceof Error ? [null, log.message] : [log.log, null];
    const [openKeys, unreadableKeys] = keysOf(keys);
    return {
      log: openLog,
      keys: openKeys,
      unreadableLog,
      unreadableKeys,
      installation: openKeys?.fingerprint ?? (await installationOf(openLog)),
      replaced: [
        ...(openLog !== null || unreadableLog !== null ? ['events.sqlite'] : []),
        ...(sizeOf(keysFile) > 0 ? ['keys.sqlite'] : []),
      ],
      views: sizeOf(views) > 0,
      fold: () => {
        made = false; // from now on there will be another in its place
        for (const one of held) readable(() => one.fold());
      },
      release,
    };
  } catch (error) {
    release();
    throw error instanceof InUse ? inUse(config.dataFolder, error) : error;
  }
}

export const inUse = (folder: string, { path }: InUse): Failure =>
  new Failure(
    `${folder} is in use: ${basename(path)} is open in another process. Stop the server, and whatever else has it open.`,
  );

/** A damaged file cannot be read, and is replaced all the same. @throws InUse */
function readable<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    if (error instanceof InUse || !(error instanceof Error)) throw error;
    return error;
  }
}

function keysOf(keys: HeldKeys | Error | null): readonly [KeyFile | null, string | null] {
  if (keys === null) return [null, null];
  return keys instanceof Error ? [null, keys.message] : [keys.keys, keys.unreadable];
}

async function installationOf(log: HeldLog['log']): Promise<string | null> {
  try {
    return log && (await keyStoreOf(log));
  } catch (error) {
    if (error instanceof StoreUnavailable) return null;
    throw error;
  }
}

function heldViews(path: string): { fold(): void; release(): void } {
  const held = holdAlone(path);
  return { fold: () => undefined, release: () => held.close() };
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
