/** What of a customer's ledger counts in a dimension: all of it, or what concerns one product. */
import { plus, monthOf, type Whole, type Month } from '#kernel';
import {
  occasionsOf,
  spellsOf,
  type Ledger,
  type Occasion,
  type Spell,
  type Subscription,
} from '#ledger/index.js';
import type { RetentionRules } from '#retention/events.js';
import { dimension, type Dimension } from '../cells.js';

/** What was bought in a calendar month. */
export interface Bought {
  readonly month: Month;
  readonly occasions: number;
  /** Minor units. */
  readonly revenue: Whole;
}

export interface Part {
  readonly rules: RetentionRules;
  readonly ledger: Ledger;
  /** Undefined for all of the ledger. */
  readonly product: string | undefined;
  readonly occasions: readonly Occasion[];
  /** The same by month, ascending. */
  readonly bought: readonly Bought[];
  readonly subscriptions: readonly Subscription[];
  /** Where the customer is there. */
  readonly spells: readonly Spell[];
  /** Month of `customerSince` where it is before all that is recorded, so that history is missing; or null. */
  readonly since: Month | null;
}

export function partOf(ledger: Ledger, rules: RetentionRules, product?: string): Part {
  const occasions = occasionsOf(ledger, rules.currency, product);
  const all = Object.values(ledger.subscriptions);
  const subscriptions = product === undefined ? all : all.filter((one) => one.product === product);
  const spells = spellsOf(occasions, subscriptions, ledger, rules.inactivityDays);
  return {
    rules,
    ledger,
    product,
    occasions,
    bought: boughtIn(occasions),
    subscriptions,
    spells,
    since: missingSince(ledger, spells[0]),
  };
}

function boughtIn(occasions: readonly Occasion[]): Bought[] {
  const months: { month: Month; occasions: number; revenue: Whole }[] = [];
  for (const { day, revenue } of occasions) {
    const month = monthOf(day);
    const last = months.at(-1);
    if (last?.month === month) {
      last.occasions += 1;
      last.revenue = plus(last.revenue, revenue);
    } else months.push({ month, occasions: 1, revenue });
  }
  return months;
}

function missingSince({ customerSince }: Ledger, first: Spell | undefined): Month | null {
  if (customerSince === undefined || first === undefined) return null;
  const since = monthOf(customerSince);
  return since < monthOf(first.from) ? since : null;
}

/** The dimensions in which all of the ledger counts. */
export function dimensionsOf({ segment, unit, region }: Ledger): Dimension[] {
  const dimensions: Dimension[] = ['all'];
  if (segment !== undefined) dimensions.push(dimension('segment', segment));
  if (unit !== undefined) dimensions.push(dimension('unit', unit));
  if (region !== undefined) dimensions.push(dimension('region', region));
  return dimensions;
}

export function productsOf({ purchases, subscriptions }: Ledger): Set<string> {
  const products = new Set<string>();
  for (const { lines = [] } of Object.values(purchases)) for (const [product] of lines) products.add(product);
  for (const { product } of Object.values(subscriptions)) products.add(product);
  return products;
}
