/**
 * How a budget is split between winning customers and keeping them, against the split that would make total
 * equity largest: first at the same budget, then with the budget free. The first finds a wrong split, the
 * second a wrong level; they are different findings.
 */
import {
  customerEquity,
  customerValue,
  totalEquity,
  type Market,
  type SpendResult,
} from './customer-equity.js';
import { goldenSection, maximiseOnGrid } from './maximise.js';
import { marginalCost, responseAt, type ResponseCurve } from './response-curve.js';

/** A market and how its people respond. Needs 1 + d above the retention ceiling, or value has no bound. */
export interface SpendProblem extends Market {
  readonly acquisition: ResponseCurve;
  readonly retention: ResponseCurve;
}

/** Totals of one period: SA and SR. */
export interface Spend {
  readonly acquisitionSpend: number;
  readonly retentionSpend: number;
}

/** Everything that follows from spending A on each prospect and R on each customer. */
export interface SpendPoint extends SpendResult {
  /** V */
  readonly customerValue: number;
  /** CE, per prospect. */
  readonly customerEquity: number;
  /** TE */
  readonly totalEquity: number;
  /** What one more customer won, or kept, costs here; null where no spend wins or keeps another. */
  readonly marginalCostToAcquire: number | null;
  readonly marginalCostToRetain: number | null;
}

export interface SplitAssessment {
  /** s = SA / B */
  readonly share: number;
  /** s*, of the same budget. */
  readonly optimalShare: number;
  /** (TE* − TE) / TE*, at least 0; null if no split of this budget earns anything. */
  readonly regret: number | null;
  readonly current: SpendPoint;
  readonly optimum: SpendPoint;
}

export interface LevelAssessment {
  /** The best A and R with no budget given. */
  readonly optimum: SpendPoint;
  /** P·A + N·R there. */
  readonly budget: number;
  /** Actual budget less that one: above 0 is too much spend altogether, below 0 too little. */
  readonly gap: number;
  /** Share of the equity there that the actual budget misses at its own best split; null if there is none. */
  readonly regret: number | null;
}

/** Works out a result: its value, its equity and its margins. */
function spendPoint(problem: SpendProblem, result: SpendResult): SpendPoint {
  const { perProspect, perCustomer, acquisitionRate, retentionRate } = result;
  return {
    perProspect,
    perCustomer,
    acquisitionRate,
    retentionRate,
    customerValue: customerValue(problem, result),
    customerEquity: customerEquity(problem, result),
    totalEquity: totalEquity(problem, result),
    marginalCostToAcquire: marginalCost(problem.acquisition, perProspect),
    marginalCostToRetain: marginalCost(problem.retention, perCustomer),
  };
}

/** The actual split against the best one. Prospects, customers and the budget must be above 0. */
export function assessSplit(problem: SpendProblem, spend: Spend): SplitAssessment {
  const budget = spend.acquisitionSpend + spend.retentionSpend;
  const share = spend.acquisitionSpend / budget;
  const resultAt = (s: number) =>
    spendResult(problem, (s * budget) / problem.prospects, ((1 - s) * budget) / problem.customers);
  const equity = (s: number) => totalEquity(problem, resultAt(s));

  const found = maximiseOnGrid(equity, SHARES, 1e-6);
  // The search stops near the top; who stands on it already is not told to move.
  const optimalShare = found.value > equity(share) ? found.at : share;
  const current = spendPoint(problem, resultAt(share));
  const optimum = spendPoint(problem, resultAt(optimalShare));
  const regret = shareMissed(current.totalEquity, optimum.totalEquity);
  return { share, optimalShare, regret, current, optimum };
}

/**
 * With the budget free the two choices part. dTE/dR = (P·a + N)·V′(R), so R* maximises V alone; V is a falling
 * line over a convex function, so it has one hill on [0, m(1+d)], where it is not negative. Then a′(A)·V = 1
 * gives A* = ln(V·a′(0))/k. Inside both, the marginal cost to acquire = the marginal cost to retain = V
 * (Pfeifer 2005).
 */
export function assessLevel(
  problem: SpendProblem,
  spend: Spend,
  { optimum: split }: SplitAssessment,
): LevelAssessment {
  const { acquisition, retention, margin, discount, prospects, customers } = problem;
  const value = (perCustomer: number) =>
    customerValue(problem, { perCustomer, retentionRate: responseAt(retention, perCustomer) });
  const worthless = Math.max(0, margin * (1 + discount));
  const inside = goldenSection(value, 0, worthless, worthless * 1e-9);
  const [perCustomer, best] = inside.value > value(0) ? [inside.at, inside.value] : [0, value(0)];
  const firstCost = marginalCost(acquisition, 0);
  const perProspect = firstCost !== null && best > firstCost ? Math.log(best / firstCost) / acquisition.k : 0;

  const optimum = spendPoint(problem, spendResult(problem, perProspect, perCustomer));
  const budget = prospects * perProspect + customers * perCustomer;
  const gap = spend.acquisitionSpend + spend.retentionSpend - budget;
  return { optimum, budget, gap, regret: shareMissed(split.totalEquity, optimum.totalEquity) };
}

function spendResult(problem: SpendProblem, perProspect: number, perCustomer: number): SpendResult {
  return {
    perProspect,
    perCustomer,
    acquisitionRate: responseAt(problem.acquisition, perProspect),
    retentionRate: responseAt(problem.retention, perCustomer),
  };
}

/** Closer together at the ends, where a large budget has its narrow hills. */
const SHARES = Array.from({ length: 65 }, (_, i) => Math.sin((Math.PI * i) / 128) ** 2);

const shareMissed = (actual: number, best: number): number | null =>
  best > 0 ? Math.max(0, (best - actual) / best) : null;
