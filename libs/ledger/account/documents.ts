/**
 * The documents of a customer in the ledger, and how a purchase changes several of them: the account, one for each of its
 * products, one for each purchase.
 */
import { minus, plus } from '#kernel';
import type { Documents } from '#projections/index.js';
import type { RetentionRules } from '#retention/events.js';
import type { Account, LedgerDocument, ProductAccount, PurchaseFacts, RefundFacts } from './account.js';
import { effectsOf, type Effect } from './purchase.js';
import { read, sell, store } from './sales.js';

export type Ledger = Documents<LedgerDocument>;
/** In whose zone days are counted, and in whose currency amounts. */
export type Rules = Pick<RetentionRules, 'zone' | 'currency'>;

export const purchaseNamed = (id: string): string => `purchase:${id}`;
export const refundNamed = (id: string): string => `refund:${id}`;
export const productNamed = (product: string): string => `product:${product}`;

/** Keeps an account of which something changed that concerns every product of the customer. */
export function shared(ledger: Ledger, account: Account): void {
  ledger.set('', account);
  for (const product of account.products)
    ledger.set(productNamed(product), ofProduct(ledger, account, product));
}

export function ofProduct(ledger: Ledger, account: Account, product: string): ProductAccount {
  const before = ledger.get(productNamed(product)) as ProductAccount | null; // no other document has such a name
  const { defections, since, erasedAt } = account;
  const own = Object.entries(account.subscriptions).filter(([, one]) => one.product === product);
  return {
    is: 'product',
    product,
    sales: before?.sales ?? {},
    subscriptions: Object.fromEntries(own),
    defections,
    since,
    ...(erasedAt !== undefined && { erasedAt }),
  };
}

export const withProduct = (account: Account, product: string): Account =>
  account.products.includes(product) ? account : { ...account, products: [...account.products, product] };

export function sellAll(
  ledger: Ledger,
  before: Account,
  effects: readonly Effect[],
  { currency }: Rules,
): void {
  let account = before;
  for (const effect of effects) {
    const { sold } = effect;
    account = {
      ...account,
      bought: sell(account.bought, effect, sold, currency),
      totals: totalled(account, effect),
    };
    for (const part of sold.parts) {
      if (part.product === '') {
        account = { ...account, ofNone: sell(account.ofNone, effect, part, currency) };
        continue;
      }
      account = withProduct(account, part.product);
      const known = ledger.get(productNamed(part.product)) as ProductAccount | null; // no other document has such a name
      const product = known ?? ofProduct(ledger, account, part.product);
      ledger.set(productNamed(part.product), {
        ...product,
        sales: sell(product.sales, effect, part, currency),
      });
    }
  }
  ledger.set('', account);
}

function totalled({ totals }: Account, { sign, sold }: Effect): Account['totals'] {
  const before = read(totals.revenue[sold.currency] ?? 0);
  const revenue = (sign === 1 ? plus : minus)(before, sold.net);
  return {
    purchases: totals.purchases + sign,
    revenue: { ...totals.revenue, [sold.currency]: store(revenue) },
  };
}

export function purchaseIn(ledger: Ledger, id: string): PurchaseFacts | null {
  const found = ledger.get(purchaseNamed(id));
  return found?.is === 'purchase' ? found.facts : null;
}

export function changePurchase(
  ledger: Ledger,
  account: Account,
  id: string,
  rules: Rules,
  change: (facts: PurchaseFacts) => PurchaseFacts,
): void {
  const before = purchaseIn(ledger, id);
  if (before === null) return ledger.set('', account);
  const facts = change(before);
  ledger.set(purchaseNamed(id), { is: 'purchase', facts });
  const undone = effectsOf(before, rules.zone).map((effect): Effect => ({
    ...effect,
    sign: effect.sign === 1 ? -1 : 1,
  }));
  sellAll(ledger, account, [...undone, ...effectsOf(facts, rules.zone)], rules);
}

/** Of a purchase, or of a refund; of any other touchpoint nothing is counted. */
export function changeTouchpoint(
  ledger: Ledger,
  account: Account,
  id: string,
  rules: Rules,
  change: <F extends PurchaseFacts | RefundFacts>(facts: F) => F,
): void {
  const refund = ledger.get(refundNamed(id));
  if (refund?.is !== 'refund') return changePurchase(ledger, account, id, rules, change);
  changePurchase(ledger, account, refund.of, rules, (facts) => ({
    ...facts,
    refunds: { ...facts.refunds, [id]: change(facts.refunds[id]!) }, // it is a refund of this purchase
  }));
}
