/** Changes a stored log the way somebody with the file in hand would: with SQL, behind Touchstone's back. */
import { DatabaseSync } from '@photostructure/sqlite';
import { join } from 'node:path';

export function tamper(folder: string, sql: string, ...parameters: (string | number | bigint)[]): void {
  const log = new DatabaseSync(join(folder, 'events.sqlite'), { timeout: 5000 });
  try {
    log.prepare(sql).run(...parameters);
  } finally {
    log.close();
  }
}
