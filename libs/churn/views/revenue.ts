/**
 * What customers pay at both ends of a window. Recurring: the monthly amounts on its first day and on the day it
 * ends. Bought: the revenue of the 12 months before it and of the 12 months from then on, for windows of a year
 * only, because shorter ones would compare unlike seasons. What is kept are the loss and the growth of those who
 * paid at the start; whoever begins to pay inside the window is in neither.
 */
import { minus, plus, times, monthFrom, type Whole } from '#kernel';
import { monthsOf, spellsOf, type Subscription } from '#ledger/index.js';
import { LAGS, type Contribute } from '../cells.js';
import { combine, differences, later, NOTHING, runningSum, stepsOf, type Steps } from '../steps.js';
import type { Part } from './part.js';

const YEAR = 12;

export function contributeRecurring(part: Part, contribute: Contribute): void {
  let paid = NOTHING;
  for (const subscription of part.subscriptions) {
    if (subscription.currency !== part.rules.currency) continue;
    paid = combine(paid, monthlyOf(subscription, part), plus);
  }
  if (paid === NOTHING) return;
  differences(paid, (month, change) => contribute('mrr', month, change));
  for (const lag of LAGS) {
    const then = later(paid, lag);
    differences(combine(paid, then, lost), (month, change) => contribute(`mrrLost${lag}`, month, change));
    differences(combine(paid, then, grown), (month, change) => contribute(`mrrGrown${lag}`, month, change));
  }
}

export function contributeSpend({ bought }: Part, contribute: Contribute): void {
  const ever = runningSum(bought.map(({ month, revenue }) => [month + 1, revenue]));
  const spent = combine(ever, later(ever, -YEAR), minus);
  const then = later(spent, YEAR);
  differences(combine(spent, then, lost), (month, change) => contribute('spendLost12', month, change));
  differences(combine(spent, then, grown), (month, change) => contribute('spendGrown12', month, change));
}

const lost = (open: Whole, close: Whole): Whole => (open > close ? minus(open, close) : 0);
const grown = (open: Whole, close: Whole): Whole => (open > 0 && close > open ? minus(close, open) : 0);

/** What is paid a month, on the first day of each on which the customer is there under this subscription. */
function monthlyOf(subscription: Subscription, { ledger, rules }: Part): Steps {
  const { monthly } = subscription;
  const runs = monthsOf(spellsOf([], [subscription], ledger, rules.inactivityDays));
  const there = stepsOf(runs.map((range) => ({ ...range, amount: 1 })));
  const price = stepsOf(
    monthly.map(([from, amount], index) => {
      const next = monthly[index + 1];
      return { from: monthFrom(from), to: next === undefined ? null : monthFrom(next[0]), amount };
    }),
  );
  return combine(there, price, times);
}
