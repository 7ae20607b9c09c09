/**
 * Keys that builds of an older layout left behind. No build of this layout reads it, and it would show people for ever who were
 * erased since.
 */
import type { Connection } from '#redis/index.js';
import { LAYOUT } from './layout.js';

const KEYS_A_STEP = 1_000;

/** @param prefix hash tag of this store's keys */
export async function removeOlderLayouts(
  connection: Pick<Connection<unknown>, 'command'>,
  prefix: string,
): Promise<void> {
  const begin = `{${prefix}}:`;
  let cursor = '0';
  do {
    const scanned = await connection.command('SCAN', [cursor, 'MATCH', `${begin}*`, 'COUNT', KEYS_A_STEP]);
    const [next, keys] = scanned as [string, string[]];
    const older = keys.filter((key) => Number.parseInt(key.slice(begin.length), 10) < LAYOUT);
    if (older.length > 0) await connection.command('UNLINK', older);
    cursor = next;
  } while (cursor !== '0');
}
