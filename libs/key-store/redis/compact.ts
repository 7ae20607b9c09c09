/**
 * Has Redis write its files anew. What was destroyed or replaced is in the append-only file until then, and where
 * Redis writes snapshots too, in the last of them.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { KeyStoreUnavailable } from '../port.js';
import type { Connection } from './connection.js';
import { infoOf } from './fitness.js';

const LIMIT_MS = 5 * 60_000;
const POLL_MS = 20;
const LONGEST_POLL_MS = 500;

const STATUS = { BGREWRITEAOF: 'aof_last_bgrewrite_status', BGSAVE: 'rdb_last_bgsave_status' } as const;
const UNDER_WAY = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled', 'rdb_bgsave_in_progress'];

type Command = keyof typeof STATUS;

/** @throws KeyStoreUnavailable when it is not done in five minutes; it may go on by itself */
export async function rewriteFiles(connection: Connection): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  const snapshots = await connection.read((_, fitness) => Promise.resolve(fitness.snapshots));
  await rewritten(connection, 'BGREWRITEAOF', deadline);
  if (snapshots) await rewritten(connection, 'BGSAVE', deadline);
}

async function rewritten(connection: Connection, command: Command, deadline: number): Promise<void> {
  // One that is under way already may have begun before the last key was destroyed: it is waited for, and does not count.
  do await idle(connection, deadline);
  while (!(await connection.read((redis) => begun(redis, command))));
  const info = await idle(connection, deadline);
  if (info.get(STATUS[command]) !== 'ok')
    throw new KeyStoreUnavailable(
      `${connection.name} could not write its files anew (${command}): see its log.`,
    );
}

/** How it is once nothing is being written in the background. */
async function idle(connection: Connection, deadline: number): Promise<ReadonlyMap<string, string>> {
  for (let pause = POLL_MS; ; pause = Math.min(pause * 1.5, LONGEST_POLL_MS)) {
    const info = await connection.read(infoOf);
    if (UNDER_WAY.every((one) => info.get(one) !== '1')) return info;
    if (performance.now() > deadline)
      throw new KeyStoreUnavailable(`${connection.name} does not finish writing its files anew.`);
    await delay(pause);
  }
}

/** False where another is under way, begun by somebody else meanwhile. */
async function begun(redis: Redis, command: Command): Promise<boolean> {
  try {
    await redis.call(command);
    return true;
  } catch (error) {
    if (/in progress|child process is active/i.test((error as Error).message)) return false;
    throw error;
  }
}
