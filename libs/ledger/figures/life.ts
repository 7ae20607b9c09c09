/**
 * How long the first stay lasted, for survival: with a contract until it ended, without one until the customer
 * counted as lost by the rule of inactivity. Who is censored depends on the day of asking and is found out then.
 */
import { addDays, monthOf, type Day } from '#kernel';
import type { Account } from '../account/account.js';
import { awayIn, contractsOf, joined, signsOf, without } from '../account/presence.js';
import { recordedSilence } from '../silence.js';
import type { Frame } from './frame.js';
import type { Lens } from './lens.js';
import { missingSince } from './month.js';
import type { Add } from './steps.js';

/** @param ofProduct nobody knows when a customer with missing history first bought a product */
export function contributeLife(frame: Frame, lens: Lens, add: Add, ofProduct: boolean): void {
  const { version, stays } = frame;
  const since = missingSince(frame);
  if (ofProduct && since !== null) return;
  const contracts = without(joined(contractsOf(version.contracts)), awayIn(version));
  const [stay] = contracts.length > 0 ? contracts : stays;
  if (stay === undefined) return;
  const seen = monthOf(stay.from);
  const end = stay.to === null ? '' : monthOf(stay.to);
  const keys = `${since ?? seen}|${seen}|${end}`;
  for (const name of lens.on(stay.from)) add(name(contracts.length > 0 ? 'contract' : 'rule', keys), 1);
}

/** The day from which the customer counts as lost unless it buys; null where a contract or a defection decides. */
export function lapseOf({ version, stays, rules }: Frame): string | null {
  const last = signsOf(version).at(-1);
  const end = stays.at(-1)?.to ?? null;
  if (last === undefined || end === null) return null;
  return end === addDays(last, rules.inactivityDays) ? end : null;
}

/** What is to be recorded of the silence that the customer is in; null where that was done, or never will be. */
export function dueOf(
  frame: Frame,
  account: Account,
): { readonly lastOccasionOn: Day; readonly lostFrom: string } | null {
  const lostFrom = lapseOf(frame);
  const last = frame.version.days.at(-1);
  if (lostFrom === null || last === undefined || account.erasedAt !== undefined) return null;
  if (signsOf(frame.version).at(-1) !== last.day) return null; // it came back without buying
  return recordedSilence(account, last.day) === undefined ? { lastOccasionOn: last.day, lostFrom } : null;
}
