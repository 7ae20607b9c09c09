/**
 * How long the first stay lasted, for survival: with a contract until it ended, without one until the customer
 * counted as lost by the rule of inactivity. Who is censored depends on the day of asking and is found out then.
 */
import { addDays, monthOf, type Day } from '#kernel';
import { recordedSilence, spellsOf } from '#ledger/index.js';
import type { Contribute } from '../cells.js';
import type { Part } from './part.js';

export function contributeLife(part: Part, contribute: Contribute): void {
  const { subscriptions, spells, product, since } = part;
  if (product !== undefined && since !== null) return; // nobody knows when this customer first bought it
  const contract = subscriptions.length > 0;
  const [stay] = contract ? spellsOf([], subscriptions, part.ledger, part.rules.inactivityDays) : spells;
  if (stay === undefined) return;
  const seen = monthOf(stay.from);
  const end = stay.to === null ? '' : monthOf(stay.to);
  contribute(contract ? 'contract' : 'rule', `${since ?? seen}|${seen}|${end}`, 1);
}

/** The day from which the customer counts as lost unless it buys; null where a contract or a defection decides. */
export function lapseOf({ occasions, spells, rules }: Part): string | null {
  const last = occasions.at(-1);
  const end = spells.at(-1)?.to ?? null;
  if (last === undefined || end === null) return null;
  return end === addDays(last.day, rules.inactivityDays) ? end : null;
}

/** What is to be recorded of the silence that the customer is in; null where that was done, or never will be. */
export function dueOf(part: Part): { readonly lastOccasionOn: Day; readonly lostFrom: string } | null {
  const { ledger, occasions } = part;
  const lostFrom = lapseOf(part);
  const last = occasions.at(-1);
  if (lostFrom === null || last === undefined || ledger.erased) return null;
  return recordedSilence(ledger, last.day) === undefined ? { lastOccasionOn: last.day, lostFrom } : null;
}

export function contributeLapse(part: Part, contribute: Contribute): void {
  const lapse = lapseOf(part);
  if (lapse !== null) contribute('lapse', lapse, 1);
}
