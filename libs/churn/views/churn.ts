/**
 * How customers are kept: one ledger a customer, and cells from which every figure over all customers is made.
 * It is built for one definition; publishing another builds it anew beside the live one.
 */
import { plus, type Whole } from '#kernel';
import { LEDGER, foreignPurchases, ledgerRules, type Ledger, type LedgerEvent } from '#ledger/index.js';
import { view, type View } from '#projections/index.js';
import type { RetentionDefinition, RetentionRules } from '#retention/events.js';
import { dimension, prefixOf, type Contribute, type Dimension } from '../cells.js';
import { namesIn } from '../names.js';
import { contributeCohort } from './cohort.js';
import { contributeLapse, contributeLife, dueOf, lapseOf } from './life.js';
import { contributeLosses } from './losses.js';
import { dimensionsOf, partOf, productsOf, type Part } from './part.js';
import { contributePresence } from './presence.js';
import { contributeRecurring, contributeSpend } from './revenue.js';

/** Customers who count as lost from a day on unless they buy, sorted by that day. */
export const LAPSING = 'lapsing';
/** Customers whose last day is known, from a notice or a declared defection; sorted by the first day without them. */
export const LEAVING = 'leaving';

/** What a reader asks for; which definition the live collection was built for is in the collection's name. */
export const CHURN = LEDGER;

export const churnView = (definition: RetentionDefinition): View<Ledger, LedgerEvent> =>
  view<Ledger, LedgerEvent>({
    name: CHURN.name,
    version: `${CHURN.version}+d${definition.version}`,
    on: ledgerRules(definition.zone),
    lists: (ledger) => listsOf(ledger, definition),
    cells: (ledger) => cellsOf(ledger, definition),
  });

function listsOf(ledger: Ledger, rules: RetentionRules): { list: string; sort: string }[] {
  if (ledger.erased) return [];
  const part = partOf(ledger, rules);
  const end = part.spells.at(-1)?.to ?? null;
  if (end === null) return [];
  return [{ list: lapseOf(part) === null ? LEAVING : LAPSING, sort: end }];
}

function cellsOf(ledger: Ledger, rules: RetentionRules): Record<string, Whole> {
  const cells = Object.create(null) as Record<string, Whole>; // a dictionary from the start, not a shape for each
  const part = partOf(ledger, rules);
  add(cells, dimensionsOf(ledger), part);
  addDue(cells, part);
  for (const product of productsOf(ledger)) {
    add(cells, [dimension('product', product)], partOf(ledger, rules, product));
  }
  addExcluded(cells, ledger, rules);
  return cells;
}

function add(cells: Record<string, Whole>, dimensions: readonly Dimension[], part: Part): void {
  const names = dimensions.map(namesIn);
  const contribute: Contribute = (kind, keys, amount) => {
    for (const nameOf of names) {
      const name = nameOf(kind, keys);
      cells[name] = plus(cells[name] ?? 0, amount);
    }
  };
  contributePresence(part, contribute);
  contributeCohort(part, contribute);
  contributeSpend(part, contribute);
  contributeRecurring(part, contribute);
  contributeLife(part, contribute);
  contributeLapse(part, contribute);
  contributeLosses(part, contribute);
}

/**
 * Who falls due is found in LAPSING, whose order is that of becoming at risk; these cells say on which of its days there
 * is anybody left to record. A list of its own would be two more index entries a purchase, and this is one sum a day.
 */
function addDue(cells: Record<string, Whole>, part: Part): void {
  const due = dueOf(part);
  if (due !== null) cells[namesIn('all')('due', due.lostFrom)] = 1;
}

function addExcluded(cells: Record<string, Whole>, ledger: Ledger, { currency }: RetentionRules): void {
  const purchases = foreignPurchases(ledger, currency);
  const subscriptions = Object.values(ledger.subscriptions).filter((one) => one.currency !== currency).length;
  const prefix = prefixOf('excluded');
  if (purchases > 0) cells[`${prefix}purchases_in_other_currencies`] = purchases;
  if (subscriptions > 0) cells[`${prefix}subscriptions_in_other_currencies`] = subscriptions;
}
