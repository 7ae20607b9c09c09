/**
 * Customer equity (Blattberg & Deighton 1996): what a prospect, a customer and all of them together are worth,
 * given what is spent on each. Money is in any one unit, the same everywhere.
 */

export interface Economics {
  /** m, per customer and period, before retention spend. */
  readonly margin: number;
  /** d, per period, as a fraction. */
  readonly discount: number;
}

/** People a unit spends on: P prospects addressed, N customers at the start. */
export interface Market extends Economics {
  readonly prospects: number;
  readonly customers: number;
}

/** Spend per head and what it achieves: A, a on prospects; R, r on customers. */
export interface SpendResult {
  readonly perProspect: number;
  readonly perCustomer: number;
  readonly acquisitionRate: number;
  readonly retentionRate: number;
}

/**
 * V(R) = (m(1+d) − R) / (1 + d − r): one margin at once, then each period's margin for those kept, less the
 * R that keeping them costs. Needs r < 1 + d.
 */
export const customerValue = (
  { margin, discount }: Economics,
  { perCustomer, retentionRate }: Pick<SpendResult, 'perCustomer' | 'retentionRate'>,
): number => (margin * (1 + discount) - perCustomer) / (1 + discount - retentionRate);

/** CE = a·V − A, per prospect. */
export const customerEquity = (economics: Economics, result: SpendResult): number =>
  result.acquisitionRate * customerValue(economics, result) - result.perProspect;

/** TE = P·(a·V − A) + N·(V − m): the prospects' equity, and the customers' beyond the margin already theirs. */
export function totalEquity(market: Market, result: SpendResult): number {
  const value = customerValue(market, result);
  const perProspect = result.acquisitionRate * value - result.perProspect;
  return market.prospects * perProspect + market.customers * (value - market.margin);
}
