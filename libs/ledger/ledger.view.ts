/**
 * The ledger: an account of each customer, and what all of them add to the figures by which customers are told to be kept
 * and lost. It is built for one published definition of retention; publishing another builds it anew beside the live one.
 */
import { view, type Slice, type View } from '#projections/index.js';
import type { RetentionDefinition, RetentionRules } from '#retention/events.js';
import type { Account, LedgerDocument } from './account/account.js';
import { joined, within } from './account/presence.js';
import { ledgerRules, type LedgerEvent } from './account/rules.js';
import { eveOf, factsOf, laterVersions, versionOf } from './account/version.js';
import { slicesOf } from './figures/contributions.js';
import { frameOf, presentFrame, type Frame } from './figures/frame.js';
import { announced, underNotice } from './figures/risk.js';

/** What a reader asks for; which definition the live collection was built for is in the collection's name. */
export const LEDGER = { name: 'ledger', version: '1' } as const;

/** Customers who were ever there, sorted by the first day without them as things stand; for ever comes last, as `FOR_EVER`. */
export const STAYING = 'staying';
export const FOR_EVER = '~';
/** Those who never were, sorted by when they came to be known. */
export const PROSPECTS = 'prospects';
/** Customers of whom a notice or a declared defection says that something ends, sorted by the last such day. */
export const LEAVING = 'leaving';

export function ledgerView(definition: RetentionDefinition): View<LedgerDocument, LedgerEvent> {
  const slices = new WeakMap<LedgerDocument, readonly Slice[]>(); // a document after an event is that before the next
  return view<LedgerDocument, LedgerEvent>({
    name: LEDGER.name,
    version: `${LEDGER.version}+d${definition.version}`,
    across: ledgerRules(definition),
    lists: (document) => (document.is === 'account' ? listsOf(document, definition) : []),
    slices: (document) => {
      let known = slices.get(document);
      if (known === undefined) slices.set(document, (known = slicesOf(document, definition)));
      return known;
    },
  });
}

/** An account as all that is known has it. */
export const presentOf = (account: Account, rules: RetentionRules): Frame =>
  presentFrame(account, factsOf(account, rules.zone), rules);

/** An account as it was at the end of a day. */
export const asOf = (account: Account, rules: RetentionRules, day: string): Frame =>
  frameOf(versionOf(factsOf(account, rules.zone), day, true), rules);

function listsOf(account: Account, rules: RetentionRules): { list: string; sort: string }[] {
  if (account.erasedAt !== undefined) return [];
  const frame = presentOf(account, rules);
  const lists: { list: string; sort: string }[] = [];
  const leaves = [frame, ...takenBack(account, rules)]
    .flatMap((one) => leavesOf(one) ?? [])
    .sort()
    .at(-1);
  if (leaves !== undefined) lists.push({ list: LEAVING, sort: leaves });
  const stay = frame.stays.at(-1);
  if (stay === undefined) lists.push({ list: PROSPECTS, sort: account.knownSince });
  else lists.push({ list: STAYING, sort: stay.to ?? FOR_EVER });
  return lists;
}

/**
 * What was so of an account from which a notice, a contract or a defection was taken back: on a past day something was about
 * to end, and the customer has to be found there. Few accounts have any of it.
 */
function takenBack(account: Account, rules: RetentionRules): Frame[] {
  const { subscriptions, defections } = account;
  const isTakenBack =
    Object.values(subscriptions).some(({ cancelled, retracted }) => cancelled.length > 1 || retracted) ||
    Object.values(defections).some(({ wonBack, retracted }) => wonBack.length > 1 || retracted);
  if (!isTakenBack) return [];
  const facts = factsOf(account, rules.zone);
  return laterVersions(facts).map((day) => frameOf(versionOf(facts, eveOf(day)), rules));
}

/** The last day on which a notice or a declared defection ends something; null where nothing was said to end. */
function leavesOf({ version, stays }: Frame): string | null {
  const ends = within(joined([...version.contracts.flatMap(underNotice), ...announced(version)]), stays);
  return ends.at(-1)?.to ?? null;
}
