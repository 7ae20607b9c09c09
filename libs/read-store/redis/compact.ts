/**
 * Leaves nothing on the server's disk of what was deleted: its append-only file is rewritten and its snapshot made
 * anew, whichever it keeps. Each is written from memory by a process of the server's own, and takes as long as
 * memory is large.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ReadStoreUnavailable } from '../port.js';
import type { Connection } from './connection.js';
import { WRITING } from './failure.js';
import { parseInfo } from './inspect.js';

const ASK_AGAIN_MS = 50;
const PATIENCE_MS = 30 * 60_000;

/** @throws ReadStoreUnavailable where it could not; call it again */
export async function compact(connection: Connection): Promise<void> {
  const { keepsLog, keepsSnapshots } = await persistence(connection);
  if (keepsLog) await written(connection, 'BGREWRITEAOF', 'aof_last_bgrewrite_status');
  if (keepsSnapshots) await written(connection, 'BGSAVE', 'rdb_last_bgsave_status');
}

/** Who may not ask for the settings is taken to have snapshots. */
async function persistence(connection: Connection) {
  const info = await idle(connection);
  const save = await connection.command('CONFIG', ['GET', 'save']).catch(() => null);
  return {
    keepsLog: info.get('aof_enabled') === '1',
    keepsSnapshots: !Array.isArray(save) || save[1] !== '',
  };
}

/** One that was already under way began before what is to be left out was deleted, perhaps: it is waited for first. */
async function written(connection: Connection, command: string, status: string): Promise<void> {
  let started = false;
  while (!started) {
    await idle(connection);
    started = await connection.command(command, []).then(() => true, unlessWriting);
  }
  const info = await idle(connection);
  if (info.get(status) !== 'ok')
    throw new ReadStoreUnavailable('Redis could not write its data to disk anew');
}

/** Another was quicker: it is waited for. */
function unlessWriting(error: Error): false {
  if (error.message.endsWith(WRITING)) return false;
  throw error;
}

const BUSY = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled', 'rdb_bgsave_in_progress'];

async function idle(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const info = parseInfo(String(await connection.command('INFO', ['persistence'])));
    if (BUSY.every((name) => info.get(name) !== '1')) return info;
    if (performance.now() > deadline)
      throw new ReadStoreUnavailable('Redis is still writing its data to disk');
    await delay(ASK_AGAIN_MS);
  }
}
