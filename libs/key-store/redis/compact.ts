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

/** @throws KeyStoreUnavailable when it is not done in five minutes; it may go on by itself */
export async function rewriteFiles(connection: Connection): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  const snapshots = await connection.read((_, fitness) => Promise.resolve(fitness.snapshots));
  await rewritten(connection, deadline, ['BGREWRITEAOF'], 'aof_rewrite', 'aof_last_bgrewrite_status');
  if (snapshots) await rewritten(connection, deadline, ['BGSAVE'], 'rdb_bgsave', 'rdb_last_bgsave_status');
}

async function rewritten(
  connection: Connection,
  deadline: number,
  command: readonly [string],
  what: 'aof_rewrite' | 'rdb_bgsave',
  status: string,
): Promise<void> {
  const idle = async (): Promise<ReadonlyMap<string, string>> => {
    for (let pause = POLL_MS; ; pause = Math.min(pause * 1.5, LONGEST_POLL_MS)) {
      const info = await connection.read(infoOf);
      const busy = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled', 'rdb_bgsave_in_progress'];
      if (busy.every((one) => info.get(one) !== '1')) return info;
      if (performance.now() > deadline)
        throw new KeyStoreUnavailable(`${connection.name} has not written its files anew yet (${what}).`);
      await delay(pause);
    }
  };
  // One that is under way already may have begun before the last key was destroyed: it is waited for, and does not count.
  do await idle();
  while (!(await connection.read((redis) => begun(redis, command))));
  const info = await idle();
  if (info.get(status) !== 'ok')
    throw new KeyStoreUnavailable(
      `${connection.name} could not write its files anew (${what}): see its log.`,
    );
}

/** False where another is under way, begun by somebody else meanwhile. */
async function begun(redis: Redis, [command]: readonly [string]): Promise<boolean> {
  try {
    await redis.call(command);
    return true;
  } catch (error) {
    if (/in progress/i.test((error as Error).message)) return false;
    throw error;
  }
}
