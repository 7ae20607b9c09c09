/** The loss that a restore would be: events that the data folder has and the backup has not, and erasures among them. */
import { erasedIn } from '#customers/erasures.js';
import { markOf, stands, StoreUnavailable, type LogFile, type Position } from '#event-store/index.js';
import { isCustomerId, type CustomerId } from '#kernel';
import type { KeyFile } from '#key-store/index.js';
import type { Present } from './present.js';

export interface Loss {
  /** Events that are only in the data folder; null where nobody can say, since its log cannot be read. */
  readonly events: number | null;
  /** Where they begin, and where they end. */
  readonly from: Position;
  readonly to: Position;
  readonly unreadable: string | null;
  /** People who are erased where the backup's log does not know it, and why they were. */
  readonly erased: ReadonlyMap<CustomerId, string>;
}

/** Said as the reason of whoever is known to be erased by their destroyed key alone. */
export const BY_KEY = 'key_destroyed';

/** @param backup what is to take the place of what is present */
export async function lossOf(
  present: Present,
  backup: { readonly log: LogFile; readonly keys: KeyFile },
): Promise<Loss> {
  const erased = new Map<CustomerId, string>();
  for (const keys of [backup.keys, present.keys])
    for (const subject of keys?.destroyed() ?? []) if (isCustomerId(subject)) erased.set(subject, BY_KEY);
  const only = await onlyIn(present, backup.log, erased);
  for (const customer of (await erasedIn(backup.log)).keys()) erased.delete(customer);
  return { ...only, erased };
}

async function onlyIn(
  { log, unreadableLog }: Present,
  backup: LogFile,
  erased: Map<CustomerId, string>,
): Promise<Omit<Loss, 'erased'>> {
  const nothing = { events: 0, from: 0n, to: 0n, unreadable: null };
  if (unreadableLog !== null) return { ...nothing, events: null, unreadable: unreadableLog };
  if (log === null) return nothing;
  try {
    const head = (await log.head()) ?? 0n;
    const common = await lastInBoth(log, backup, head);
    for (const [customer, reason] of await erasedIn(log, common)) erased.set(customer, reason);
    const events = (await log.count()) - (await log.count({ to: common }));
    return { events, from: common + 1n, to: head, unreadable: null };
  } catch (error) {
    if (!(error instanceof StoreUnavailable || error instanceof SyntaxError)) throw error;
    return { ...nothing, events: null, unreadable: error.message };
  }
}

/** Ids are made afresh for each event: two logs that have the same one at a place are the same up to there. */
async function lastInBoth(log: LogFile, other: LogFile, head: Position): Promise<Position> {
  const isInBoth = async (position: Position): Promise<boolean> => {
    for await (const event of log.readAll({ after: position - 1n, to: position, limit: 1 }))
      return stands(other, markOf(event));
    return false;
  };
  if (head > 0n && (await isInBoth(head))) return head;
  let [both, not] = [0n, head];
  while (not - both > 1n) {
    const middle = (both + not) / 2n;
    if (await isInBoth(middle)) both = middle;
    else not = middle;
  }
  return both;
}
