/** Purchase occasions by the month of the customer's first: who bought, how often and for how much in each month. */
import type { Contribute } from '../cells.js';
import { monthPair } from '../names.js';
import type { Part } from './part.js';

/** The cohort of customers whose first occasion was before anything was recorded. */
export const HISTORY_MISSING = 0;

export function contributeCohort({ bought, since }: Part, contribute: Contribute): void {
  const [first] = bought;
  if (first === undefined) return;
  const cohort = since === null ? first.month : HISTORY_MISSING;
  for (const { month, occasions, revenue } of bought) {
    const keys = cohort === HISTORY_MISSING ? `${cohort}|${month}` : monthPair(cohort, month);
    contribute('active', keys, 1);
    if (occasions > 1) contribute('more', keys, occasions - 1);
    contribute('revenue', keys, revenue);
  }
}
