/**
 * A unit's loyalty class from its figures, its spend and a policy. Pure. What the figures cannot carry is refused
 * with the reason; a class always comes with how sure it is, why, and what split and level would be better.
 */
import { plus, type Whole } from '#kernel';
import type { SpendPolicy } from '#marketing/events.js';
import {
  classifyLoyalty,
  type ClassShares,
  type LoyaltyAnswer,
  type LoyaltyClass,
  type LoyaltyFigures,
  type LoyaltyPolicy,
  type LoyaltyUnit,
  type SpendPeriod,
} from '#statistics/index.js';
import { discountOver, type Window } from '../windows.js';
import type { Counts, Sales, UnitKind } from './figures.js';
import { reason, type Facts, type Reason, type ReasonCode } from './reasons.js';

/** What was spent on a unit in a window, in minor units of the policy's currency. */
export interface SpendTotals {
  readonly acquisition: Whole;
  readonly retention: Whole;
  /** P: prospects that the acquisition spend addressed. */
  readonly addressed: number;
  /** Records in other currencies, of which nothing is counted. */
  readonly foreign?: number;
}

export interface Unit {
  readonly by: UnitKind;
  /** Empty for the organisation. */
  readonly code: string;
}

export interface UnitInWindow {
  readonly unit: Unit;
  readonly window: Window;
  readonly counts: Counts;
  readonly sales: Sales;
  readonly spend: SpendTotals;
  /** Earlier windows of the same length: with three levels of spend the curves are fitted. */
  readonly history: readonly { readonly counts: Counts; readonly spend: SpendTotals }[];
  /** Of the retention definition, in which the sales are counted. */
  readonly currency: string;
}

/** Money is in minor units of the answer's currency; per head it may be fractional. Rates are fractions. */
export interface Figures {
  readonly prospects: number;
  readonly customers: number;
  readonly acquired: number;
  readonly retained: number;
  readonly acquisitionRate: number | null;
  readonly retentionRate: number | null;
  readonly acquisitionSpend: Whole;
  readonly retentionSpend: Whole;
  readonly revenue: Whole;
  readonly recordedMargin: Whole;
  /** The policy's margin rate on the revenue that carries no margin of its own. */
  readonly assumedMargin: number;
  readonly marginPerCustomer: number | null;
  /** Of a window of this length. */
  readonly discount: number;
}

export interface Classification extends Unit {
  /** Null where it is refused: `reasons` says why. */
  readonly class: LoyaltyClass | 'indeterminate' | null;
  /** The share of the bootstrap's samples that got the class observed. */
  readonly confidence: number | null;
  readonly shares: ClassShares | null;
  /** The class observed, where it is not sure enough to be given. */
  readonly leaning: LoyaltyClass | null;
  readonly reasons: readonly Reason[];
  readonly n: number;
  readonly figures: Figures;
  /** s = SA / (SA + SR); null where nothing was spent. */
  readonly share: number | null;
  /** The split of the same budget that would be best, and what the actual one forgoes. */
  readonly split: Pick<LoyaltyFigures, 'share' | 'optimalShare' | 'regret' | 'current' | 'optimum'> | null;
  /** The best budget, whatever was spent: another finding than a wrong split. A gap below 0 is too little. */
  readonly level: LoyaltyFigures['level'] | null;
  readonly curves: LoyaltyFigures['curves'] | null;
}

/** The same input gives the same answer: the bootstrap is seeded by the policy. */
export function classify(input: UnitInWindow, policy: SpendPolicy): Classification {
  const { unit, counts, spend, currency } = input;
  const figures = figuresOf(input, policy);
  const budget = Number(plus(spend.acquisition, spend.retention));
  const shown = {
    ...unit,
    confidence: null,
    shares: null,
    leaning: null,
    n: counts.customers,
    figures,
    share: budget > 0 ? Number(spend.acquisition) / budget : null,
    split: null,
    level: null,
    curves: null,
  };
  const refuse = (code: ReasonCode, facts: Facts = {}): Classification => ({
    ...shown,
    class: null,
    reasons: [reason(code, facts)],
  });
  if (policy.currency !== currency)
    return refuse('currencies_differ', { policy: policy.currency, definition: currency });
  if (Math.min(Number(spend.acquisition), Number(spend.retention), spend.addressed) < 0)
    return refuse('negative_spend');
  if (budget === 0) return refuse((spend.foreign ?? 0) > 0 ? 'spend_in_other_currencies' : 'no_spend');

  const answer = classifyLoyalty(loyaltyUnit(input, figures, policy), loyaltyPolicy(policy), policy.seed);
  if (answer.kind !== 'classified' && answer.kind !== 'indeterminate')
    return refuse(codeOf(answer), factsOf(answer));
  const { shares, level, curves, share, optimalShare, regret, current, optimum } = answer;
  const classified = answer.kind === 'classified';
  return {
    ...shown,
    class: classified ? answer.loyaltyClass : 'indeterminate',
    confidence: shares[classified ? answer.loyaltyClass : answer.leaning],
    shares,
    leaning: classified ? null : answer.leaning,
    reasons: [
      ...(classified ? [] : [reason('not_sure', { confidence: policy.confidence })]),
      ...answer.reasons.map(({ code, value, band }) => reason(code, { value, band })),
    ],
    split: { share, optimalShare, regret, current, optimum },
    level,
    curves,
  };
}

function figuresOf({ counts, sales, spend, window }: UnitInWindow, policy: SpendPolicy): Figures {
  const assumedMargin = Math.round(Number(sales.withoutMargin) * policy.marginRate);
  return {
    prospects: spend.addressed,
    ...counts,
    acquisitionRate: ratio(counts.acquired, spend.addressed),
    retentionRate: ratio(counts.retained, counts.customers),
    acquisitionSpend: spend.acquisition,
    retentionSpend: spend.retention,
    revenue: sales.revenue,
    recordedMargin: sales.margin,
    assumedMargin,
    marginPerCustomer: ratio(Number(sales.margin) + assumedMargin, counts.customers),
    discount: discountOver(policy.discount, window),
  };
}

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

function loyaltyUnit(
  { unit, counts, spend, history }: UnitInWindow,
  figures: Figures,
  policy: SpendPolicy,
): LoyaltyUnit {
  const { acquisitionCeiling, retentionCeiling, freeRetention } = declaredFor(unit, policy);
  return {
    ...periodOf(counts, spend),
    margin: figures.marginPerCustomer ?? 0,
    discount: figures.discount,
    acquisitionCeiling,
    retentionCeiling,
    freeRetention,
    history: history.filter(tellsOfSpend).map((earlier) => periodOf(earlier.counts, earlier.spend)),
  };
}

const periodOf = ({ acquired, customers, retained }: Counts, spend: SpendTotals): SpendPeriod => ({
  prospects: spend.addressed,
  acquired,
  customers,
  retained,
  acquisitionSpend: Number(spend.acquisition),
  retentionSpend: Number(spend.retention),
});

/** Where more were won than addressed, or more taken back than spent, the window tells nothing of a response. */
const tellsOfSpend = ({ counts, spend }: UnitInWindow['history'][number]): boolean =>
  spend.acquisition >= 0 && spend.retention >= 0 && counts.acquired <= spend.addressed;

/** What is declared for the unit itself, else for all. */
function declaredFor({ by, code }: Unit, policy: SpendPolicy) {
  const own = policy.units?.find((declared) => declared.by === by && declared.code === code);
  return { ...policy, ...own };
}

const loyaltyPolicy = ({ shareBand, regretBand, confidence, draws }: SpendPolicy): LoyaltyPolicy => ({
  shareBand,
  regretBand,
  minimumConfidence: confidence,
  draws,
});

type Refusal = Exclude<LoyaltyAnswer, { readonly kind: 'classified' | 'indeterminate' }>;

function factsOf(refusal: Refusal): Facts {
  const { kind: _kind, ...facts } = refusal;
  if (!('missing' in facts)) return facts;
  return {
    share: facts.share,
    ...Object.fromEntries(facts.missing.map(({ side, reason }) => [side, reason])),
  };
}

/** Customers that bring more than they cost are another finding than a budget that no split makes worth while. */
const codeOf = (refused: Refusal): ReasonCode =>
  refused.kind === 'unprofitable' && refused.customerValue > 0 ? 'no_equity' : refused.kind;
