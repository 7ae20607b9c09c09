/**
 * Acquirer, retainer or profit-maximizer: how a unit splits its spend, judged against the split that would
 * maximise its customer equity at the same budget. A class that would not survive another sample of the same
 * size is not given: the answer is `indeterminate`, with the shares.
 */
import { bootstrapShares, type ClassShares } from './loyalty-bootstrap.js';
import {
  checkUnit,
  unitCurves,
  type LoyaltyUnit,
  type UnitCurves,
  type UnitRefusal,
} from './loyalty-unit.js';
import { assessLevel, assessSplit, type LevelAssessment, type SplitAssessment } from './spend-split.js';

export const LOYALTY_CLASSES = ['acquirer', 'retainer', 'profit_maximizer'] as const;
export type LoyaltyClass = (typeof LOYALTY_CLASSES)[number];

/** Published and versioned by the organisation; goes back with the answer. */
export interface LoyaltyPolicy {
  /** |s − s*| up to this is balanced. */
  readonly shareBand: number;
  /** So is a regret up to this, wherever the optimum is. */
  readonly regretBand: number;
  /** The share of bootstrap draws that a class needs. */
  readonly minimumConfidence: number;
  readonly draws: number;
}

export const DEFAULT_LOYALTY_POLICY: LoyaltyPolicy = {
  shareBand: 0.1,
  regretBand: 0.05,
  minimumConfidence: 0.8,
  draws: 1000,
};

/** Why this class: `value` is the unit's figure, `band` what it was held against. */
export interface ClassReason {
  readonly code:
    | 'share_above_optimum'
    | 'share_below_optimum'
    | 'share_within_band'
    | 'regret_within_band'
    | 'regret_above_band';
  readonly value: number;
  readonly band: number;
}

interface Judgement extends SplitAssessment {
  readonly loyaltyClass: LoyaltyClass;
  readonly regret: number;
  readonly reasons: readonly ClassReason[];
}

export interface LoyaltyFigures extends SplitAssessment {
  readonly regret: number;
  /** Too much or too little spend altogether: another finding than a wrong split. */
  readonly level: LevelAssessment;
  readonly curves: Pick<UnitCurves, 'acquisition' | 'retention'>;
  readonly shares: ClassShares;
  readonly reasons: readonly ClassReason[];
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

export type LoyaltyAnswer =
  | ({
      readonly kind: 'classified';
      readonly loyaltyClass: LoyaltyClass;
      readonly confidence: number;
    } & LoyaltyFigures)
  | ({ readonly kind: 'indeterminate'; readonly leaning: LoyaltyClass } & LoyaltyFigures)
  | LoyaltyRefusal;

/**
 * The same unit, policy and `seed` (32 bits) give the same answer. Throws RangeError for figures that are not
 * counts, money or fractions at all; everything else that stands in the way is a refusal with its numbers.
 */
export function classifyLoyalty(unit: LoyaltyUnit, policy: LoyaltyPolicy, seed: number): LoyaltyAnswer {
  checkUnit(unit);
  const curves = readyCurves(unit);
  if (curves.kind !== 'curves') return curves;
  const judged = judge(unit, curves, policy);
  if ('kind' in judged) return judged;

  const shares = bootstrapShares(unit, policy.draws, seed, (sample) => {
    const found = readyCurves(sample);
    const again = found.kind === 'curves' ? judge(sample, found, policy) : found;
    return 'kind' in again ? null : again.loyaltyClass;
  });
  const { loyaltyClass, ...assessment } = judged;
  const { acquisition, retention } = curves;
  const figures: LoyaltyFigures = {
    ...assessment,
    level: assessLevel({ ...unit, acquisition, retention }, unit, judged),
    curves: { acquisition, retention },
    shares,
    policy,
  };
  const confidence = shares[loyaltyClass];
  return confidence >= policy.minimumConfidence
    ? { kind: 'classified', loyaltyClass, confidence, ...figures }
    : { kind: 'indeterminate', leaning: loyaltyClass, ...figures };
}

function readyCurves(unit: LoyaltyUnit): UnitCurves | LoyaltyRefusal {
  const { prospects, customers, acquisitionSpend, retentionSpend, discount } = unit;
  if (prospects === 0 || customers === 0) return { kind: 'not_applicable', prospects, customers };
  if (acquisitionSpend + retentionSpend === 0) return { kind: 'no_spend' };
  const curves = unitCurves(unit);
  if (curves.kind === 'curves' && curves.retention.ceiling >= 1 + discount) {
    return { kind: 'value_unbounded', discount, ceiling: curves.retention.ceiling };
  }
  return curves;
}

function judge(
  unit: LoyaltyUnit,
  { acquisition, retention }: UnitCurves,
  policy: LoyaltyPolicy,
): Judgement | LoyaltyRefusal {
  const split = assessSplit({ ...unit, acquisition, retention }, unit);
  const { share, optimalShare, regret, current, optimum } = split;
  const { customerValue } = current;
  if (customerValue <= 0 || regret === null) {
    return { kind: 'unprofitable', customerValue, bestTotalEquity: optimum.totalEquity };
  }
  const away = share - optimalShare;
  const nearShare = Math.abs(away) <= policy.shareBand;
  const smallRegret = regret <= policy.regretBand;
  const loyaltyClass = nearShare || smallRegret ? 'profit_maximizer' : away > 0 ? 'acquirer' : 'retainer';
  const shareCode = nearShare
    ? 'share_within_band'
    : away > 0
      ? 'share_above_optimum'
      : 'share_below_optimum';
  const reasons: ClassReason[] = [
    { code: shareCode, value: away, band: policy.shareBand },
    {
      code: smallRegret ? 'regret_within_band' : 'regret_above_band',
      value: regret,
      band: policy.regretBand,
    },
  ];
  return { ...split, regret, loyaltyClass, reasons };
}
