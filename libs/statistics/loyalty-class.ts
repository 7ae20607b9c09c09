/**
 * Acquirer, retainer or profit-maximizer: how a unit splits its spend, judged against the split that would
 * maximise its customer equity at the same budget. A class that would not survive another sample of the same
 * size is not given: the answer is `indeterminate`, with the shares.
 */
import { bootstrapShares, type ClassShares } from './loyalty-bootstrap.js';
import {
  judgeSplit,
  type EarningSplit,
  type Judgement,
  type LoyaltyClass,
  type LoyaltyPolicy,
} from './loyalty-judgement.js';
import {
  checkUnit,
  unitCurves,
  type LoyaltyUnit,
  type UnitCurves,
  type UnitRefusal,
} from './loyalty-unit.js';
import { assessLevel, assessSplit, type LevelAssessment, type SpendProblem } from './spend-split.js';

/** Everything an answer shows. Money is in the unit that came in. */
export interface LoyaltyFigures extends EarningSplit {
  readonly reasons: Judgement['reasons'];
  readonly shares: ClassShares;
  /** Too much or too little spend altogether: another finding than a wrong split. */
  readonly level: LevelAssessment;
  readonly curves: Omit<UnitCurves, 'kind'>;
  readonly policy: LoyaltyPolicy;
}

export type LoyaltyRefusal =
  | { readonly kind: 'not_applicable'; readonly prospects: number; readonly customers: number }
  | { readonly kind: 'no_spend' }
  | UnitRefusal
  /** Everybody may be kept and nothing is discounted: a customer's value has no bound. */
  | { readonly kind: 'value_unbounded'; readonly discount: number; readonly ceiling: number }
  /** V ≤ 0 at present, or no split of the budget brings the total equity above 0. */
  | { readonly kind: 'unprofitable'; readonly customerValue: number; readonly bestTotalEquity: number };

/** `confidence` is the share of the class given; `leaning` the class that was observed but is not sure enough. */
export type LoyaltyAnswer =
  | (LoyaltyFigures & {
      readonly kind: 'classified';
      readonly loyaltyClass: LoyaltyClass;
      readonly confidence: number;
    })
  | (LoyaltyFigures & { readonly kind: 'indeterminate'; readonly leaning: LoyaltyClass })
  | LoyaltyRefusal;

/**
 * The same unit, policy and `seed` (32 bits) give the same answer. Throws RangeError for figures that are not
 * counts, money or fractions at all; everything else that stands in the way is a refusal with its numbers.
 */
export function classifyLoyalty(unit: LoyaltyUnit, policy: LoyaltyPolicy, seed: number): LoyaltyAnswer {
  checkUnit(unit);
  const assessed = assess(unit);
  if (assessed.kind !== 'assessed') return assessed;
  const { problem, split } = assessed;
  const { loyaltyClass, reasons } = judgeSplit(split, policy);

  const shares = bootstrapShares(unit, policy.draws, seed, (sample) => {
    const again = assess(sample);
    return again.kind === 'assessed' ? judgeSplit(again.split, policy).loyaltyClass : null;
  });
  const level = assessLevel(problem, unit, split);
  const curves = { acquisition: problem.acquisition, retention: problem.retention };
  const figures: LoyaltyFigures = { ...split, reasons, shares, level, curves, policy };
  const confidence = shares[loyaltyClass];
  return confidence >= policy.minimumConfidence
    ? { kind: 'classified', loyaltyClass, confidence, ...figures }
    : { kind: 'indeterminate', leaning: loyaltyClass, ...figures };
}

interface Assessed {
  readonly kind: 'assessed';
  readonly problem: SpendProblem;
  readonly split: EarningSplit;
}

function assess(unit: LoyaltyUnit): Assessed | LoyaltyRefusal {
  const { prospects, customers, acquisitionSpend, retentionSpend, margin, discount } = unit;
  if (prospects === 0 || customers === 0) return { kind: 'not_applicable', prospects, customers };
  if (acquisitionSpend + retentionSpend === 0) return { kind: 'no_spend' };
  const curves = unitCurves(unit);
  if (curves.kind !== 'curves') return curves;
  const { acquisition, retention } = curves;
  if (retention.ceiling >= 1 + discount) {
    return { kind: 'value_unbounded', discount, ceiling: retention.ceiling };
  }
  const problem = { prospects, customers, margin, discount, acquisition, retention };
  const split = assessSplit(problem, unit);
  const { regret, current, optimum } = split;
  if (current.customerValue <= 0 || regret === null) {
    return {
      kind: 'unprofitable',
      customerValue: current.customerValue,
      bestTotalEquity: optimum.totalEquity,
    };
  }
  return { kind: 'assessed', problem, split: { ...split, regret } };
}
