/**
 * What spend buys: the share of people won or kept rises from a floor towards a ceiling, each unit of spend
 * closing a constant fraction of what is left (Blattberg & Deighton 1996). Acquisition has the floor 0,
 * retention the rate r₀ that costs nothing. What the data cannot carry is a tagged answer, not an exception.
 */
import { evenGrid, maximiseOnGrid } from './maximise.js';

/** rate(x) = floor + (ceiling − floor)(1 − e^(−kx)). `k` is per unit of money spent on one person. */
export interface ResponseCurve {
  readonly floor: number;
  readonly ceiling: number;
  readonly k: number;
}

/** One observation: `people` were each addressed with `spend` on average, and `rate` of them responded. */
export interface SpendLevel {
  readonly people: number;
  readonly spend: number;
  readonly rate: number;
}

export interface FoundCurve {
  readonly kind: 'curve';
  readonly curve: ResponseCurve;
}

export interface CeilingBelowRate {
  readonly kind: 'ceiling_below_rate';
  readonly rate: number;
  readonly ceiling: number;
}

/** Of a curve through one level. */
export type CurveRefusal =
  /** Nothing was spent, so that nothing is known of what spend buys. */
  | { readonly kind: 'no_spend' }
  | CeilingBelowRate
  /** Fewer responded than are said to respond without any spend. */
  | { readonly kind: 'rate_below_floor'; readonly rate: number; readonly floor: number };

/** Of a fit. */
export type FitRefusal =
  /** Fewer than three spend levels that differ by 1 % or more. */
  | { readonly kind: 'too_few_levels'; readonly levels: number }
  /** The levels show no rise with spend: all at the floor, or all on a plateau. */
  | { readonly kind: 'no_rise' }
  | CeilingBelowRate;

export const responseAt = ({ floor, ceiling, k }: ResponseCurve, spend: number): number =>
  floor + (ceiling - floor) * -Math.expm1(-k * spend);

/** What one more person costs at this spend: 1 / rate′(x). Null where no spend wins another. */
export function marginalCost({ floor, ceiling, k }: ResponseCurve, spend: number): number | null {
  const slope = (ceiling - floor) * k * Math.exp(-k * spend);
  return slope > 0 ? 1 / slope : null;
}

/** The curve through one observed level under a declared ceiling: k = −ln(1 − rate/ceiling)/spend, above the floor. */
export function curveThrough(
  { spend, rate }: SpendLevel,
  ceiling: number,
  floor = 0,
): FoundCurve | CurveRefusal {
  if (spend <= 0) return { kind: 'no_spend' };
  if (rate >= ceiling) return { kind: 'ceiling_below_rate', rate, ceiling };
  if (floor - rate > ROUNDING) return { kind: 'rate_below_floor', rate, floor };
  const risen = Math.max(0, rate - floor) / (ceiling - floor);
  const k = -Math.log1p(-risen) / spend;
  return { kind: 'curve', curve: { floor, ceiling, k } };
}

/** A rate is a quotient: one that is its floor on paper may lie a bit below it. */
const ROUNDING = 1e-12;

/** Two spends nearer than this are one level: between them noise is larger than any response. */
const SAME_LEVEL = 1.01;

/**
 * Least squares over people (a level weighs as many as it addressed) for the ceiling, in [highest rate, 1], and
 * k. For a given k the best ceiling is a ratio of sums, so that one dimension is left to search. Levels on a
 * straight line tell nothing of a ceiling: the fit puts it at 1.
 */
export function fitCurve(levels: readonly SpendLevel[], floor = 0): FoundCurve | FitRefusal {
  const paid = levels.filter(({ spend, people }) => spend > 0 && people > 0);
  const distinct = countLevels(paid.map(({ spend }) => spend));
  if (distinct < 3) return { kind: 'too_few_levels', levels: distinct };
  const highest = Math.max(...paid.map(({ rate }) => rate));
  if (highest > 1) return { kind: 'ceiling_below_rate', rate: highest, ceiling: 1 };
  if (highest <= floor) return { kind: 'no_rise' };

  // With g = 1 − e^(−kx) and y = rate − floor, the misfit is Σ(y − h·g)²: a parabola in h = ceiling − floor.
  const best = (k: number) => {
    let yg = 0;
    let gg = 0;
    for (const { people, spend, rate } of paid) {
      const g = -Math.expm1(-k * spend);
      yg += people * (rate - floor) * g;
      gg += people * g * g;
    }
    const h = Math.min(1 - floor, Math.max(highest - floor, yg / gg));
    return { ceiling: floor + h, explained: h * (2 * yg - h * gg) };
  };

  const spends = paid.map(({ spend }) => spend);
  const [least, most] = [Math.min(...spends), Math.max(...spends)];
  // Even a straight rise under the ceiling 1 needs k·most above the highest rate.
  const slowest = (0.1 * (highest - floor)) / most;
  const grid = evenGrid(Math.log(slowest), Math.log(SATURATED / least), 24);
  const k = Math.exp(maximiseOnGrid((logK) => best(Math.exp(logK)).explained, grid, 1e-6).at);
  if (k * least > SATURATED / 1.01) return { kind: 'no_rise' };
  return { kind: 'curve', curve: { floor, ceiling: best(k).ceiling, k } };
}

/** k·x above which a response is within e^−7, a thousandth, of its ceiling: a level there saw no rise. */
const SATURATED = 7;

function countLevels(spends: readonly number[]): number {
  let count = 0;
  let last = 0;
  for (const spend of [...spends].sort((a, b) => a - b)) {
    if (spend <= last * SAME_LEVEL) continue;
    count++;
    last = spend;
  }
  return count;
}
