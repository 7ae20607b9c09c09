/**
 * Leases of the processes of one machine, in the file they share and by the machine's clock. Since it is one machine,
 * a lease whose process is no longer there is free at once: who starts again after a kill has nobody to wait for.
 *
 * A row outlives its lease, so that the next token is larger. A lease that was given back has no holder.
 */
import process from 'node:process';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { LeaseLost, type Lease } from '../port.js';
import { codeOf } from './failure.js';

interface LeaseRow {
  readonly name: string;
  readonly holder: string;
  readonly token: number;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly pid: number;
}

const NOBODY = '';

export function prepareLeases(db: DatabaseSyncInstance) {
  const find = db.prepare('SELECT name, holder, token, until, pid FROM leases WHERE name = ?');
  const put = db.prepare(
    'INSERT OR REPLACE INTO leases (name, holder, token, until, pid) VALUES (?, ?, ?, ?, ?)',
  );
  const free = db.prepare('UPDATE leases SET holder = ? WHERE name = ? AND holder = ? AND token = ?');
  // The last code point there is stands behind every continuation of the prefix.
  const list = db.prepare(`SELECT name, holder, token, until, pid FROM leases
    WHERE name >= ?1 AND name < ?1 || char(1114111) ORDER BY name`);
  const found = (name: string) => find.get(name) as LeaseRow | undefined;

  return {
    /** Call inside a transaction. */
    take(name: string, holder: string, ttlMs: number): Lease | null {
      const now = Date.now();
      const row = found(name);
      const ours = row?.holder === holder;
      if (row && !ours && isHeld(row, now)) return null;
      const token = (row?.token ?? 0) + (ours ? 0 : 1);
      put.run(name, holder, token, now + ttlMs, process.pid);
      return { name, holder, token: BigInt(token) };
    },
    release: ({ name, holder, token }: Lease): void => void free.run(NOBODY, name, holder, token),
    /** @throws LeaseLost; call it inside the transaction that depends on it */
    check(lease: Lease): void {
      const row = found(lease.name);
      if (row?.holder !== lease.holder || BigInt(row.token) !== lease.token) throw new LeaseLost(lease);
    },
    held(prefix: string): Lease[] {
      const now = Date.now();
      return (list.all(prefix) as LeaseRow[]) // the rows are of the columns asked for
        .filter((row) => isHeld(row, now))
        .map(({ name, holder, token }) => ({ name, holder, token: BigInt(token) }));
    },
  };
}

const isHeld = ({ holder, until, pid }: LeaseRow, now: number): boolean =>
  holder !== NOBODY && now < until && isAlive(pid);

/** Signal 0 is sent to nobody and only asks. A process that is not ours to ask (EPERM) is there. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}
