/**
 * The bands: what separates acquirer, retainer and profit-maximizer once the split and its optimum are known.
 * They are a policy of the organisation, published and versioned, and go back with every answer.
 */
import type { SplitAssessment } from './spend-split.js';

export type LoyaltyClass = 'acquirer' | 'retainer' | 'profit_maximizer';

export interface LoyaltyPolicy {
  /** |s − s*| up to this is balanced. */
  readonly shareBand: number;
  /** So is a regret up to this, however far the optimum is. */
  readonly regretBand: number;
  /** The share of bootstrap draws that a class needs. */
  readonly minimumConfidence: number;
  /** How many of them, 1 or more. */
  readonly draws: number;
}

export const DEFAULT_LOYALTY_POLICY: LoyaltyPolicy = {
  shareBand: 0.1,
  regretBand: 0.05,
  minimumConfidence: 0.8,
  draws: 1000,
};

/** Why this class: `value` is the unit's figure (s − s*, or the regret), `band` what it was held against. */
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

/** A split that can be judged: some split of the budget earns something. */
export interface EarningSplit extends SplitAssessment {
  readonly regret: number;
}

export interface Judgement {
  readonly loyaltyClass: LoyaltyClass;
  readonly reasons: readonly [share: ClassReason, regret: ClassReason];
}

export function judgeSplit({ share, optimalShare, regret }: EarningSplit, policy: LoyaltyPolicy): Judgement {
  const { shareBand, regretBand } = policy;
  const away = share - optimalShare;
  const near = Math.abs(away) <= shareBand;
  const cheap = regret <= regretBand;
  const side = away > 0 ? 'above' : 'below';
  return {
    loyaltyClass: near || cheap ? 'profit_maximizer' : side === 'above' ? 'acquirer' : 'retainer',
    reasons: [
      { code: near ? 'share_within_band' : `share_${side}_optimum`, value: away, band: shareBand },
      { code: cheap ? 'regret_within_band' : 'regret_above_band', value: regret, band: regretBand },
    ],
  };
}
