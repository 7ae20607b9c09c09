/**
 * Leaves nothing on the server's disk of what was deleted or replaced: its append-only file is rewritten and its
 * snapshot made anew, whichever it keeps. Each is written from memory by a process of the server's own, and takes as
 * long as memory is large.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.js';
import { WRITING } from './failure.js';
import { parseInfo, type Info } from './info.js';

const POLL_MS = 20;
const LONGEST_POLL_MS = 500;
const PATIENCE_MS = 30 * 60_000;

const STATUS = { BGREWRITEAOF: 'aof_last_bgrewrite_status', BGSAVE: 'rdb_last_bgsave_status' } as const;
const UNDER_WAY = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled', 'rdb_bgsave_in_progress'];

type Asked = Pick<Connection<unknown>, 'command' | 'unavailable'>;

/** @throws the port's error where it could not; call it again */
export async function compact(connection: Asked): Promise<void> {
  const info = await idle(connection);
  // Who may not ask for the settings is taken to have snapshots.
  const save = await connection.command('CONFIG', ['GET', 'save']).catch(() => null);
  if (info.get('aof_enabled') === '1') await rewritten(connection, 'BGREWRITEAOF');
  if (!Array.isArray(save) || save[1] !== '') await rewritten(connection, 'BGSAVE');
}

async function rewritten(connection: Asked, command: keyof typeof STATUS): Promise<void> {
  // One that is under way may have begun before the last deletion: it is waited for, and does not count.
  do await idle(connection);
  while (!(await begun(connection, command)));
  const info = await idle(connection);
  if (info.get(STATUS[command]) !== 'ok')
    throw connection.unavailable(`could not write its files anew (${command}): see its log`);
}

/** How it is once nothing is being written in the background. */
async function idle(connection: Asked): Promise<Info> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let pause = POLL_MS; ; pause = Math.min(pause * 1.5, LONGEST_POLL_MS)) {
    const info = parseInfo(String(await connection.command('INFO', ['persistence'])));
    if (UNDER_WAY.every((name) => info.get(name) !== '1')) return info;
    if (performance.now() > deadline) throw connection.unavailable('does not finish writing its files anew');
    await delay(pause);
  }
}

/** False where another is under way, begun by somebody else meanwhile. */
async function begun(connection: Asked, command: keyof typeof STATUS): Promise<boolean> {
  try {
    await connection.command(command, []);
    return true;
  } catch (error) {
    if ((error as Error).message.includes(WRITING)) return false;
    throw error;
  }
}
