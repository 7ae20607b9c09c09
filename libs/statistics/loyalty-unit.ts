/**
 * A unit (organisation, business unit, market segment, product) as its loyalty class sees it: what it spent,
 * on whom, with what result; and the two response curves that this reveals, or why it reveals none.
 */
import { curveThrough, fitCurve, type ResponseCurve, type SpendLevel } from './response-curve.js';

/** One period of one unit. Money is in any one unit (major or minor), the same in every field. */
export interface SpendPeriod {
  /** P, prospects addressed, of whom `acquired` were won. */
  readonly prospects: number;
  readonly acquired: number;
  /** N, customers at the start, of whom `retained` were there at the end. */
  readonly customers: number;
  readonly retained: number;
  /** SA and SR: totals, not per head. */
  readonly acquisitionSpend: number;
  readonly retentionSpend: number;
}

export interface LoyaltyUnit extends SpendPeriod {
  /** m, per customer and period, before retention spend. */
  readonly margin: number;
  /** d, per period, as a fraction. */
  readonly discount: number;
  /** Declared: the shares that no spend would exceed, in (0, 1]. */
  readonly acquisitionCeiling?: number | undefined;
  readonly retentionCeiling?: number | undefined;
  /** r₀, the retention that costs nothing. 0 unless declared. */
  readonly freeRetention?: number | undefined;
  /** Other periods. With three levels of spend or more, the present one's included, curves are fitted. */
  readonly history?: readonly SpendPeriod[] | undefined;
}

export type Side = 'acquisition' | 'retention';

/** Refused because the figures contradict what was declared, or because they reveal no curve. */
export type UnitRefusal =
  | {
      readonly kind: 'ceiling_below_rate';
      readonly side: Side;
      readonly rate: number;
      readonly ceiling: number;
    }
  | { readonly kind: 'rate_below_floor'; readonly side: Side; readonly rate: number; readonly floor: number }
  /** All that can be said is the share s = SA / B; `missing` says what each side lacks. */
  | {
      readonly kind: 'spend_mix_only';
      readonly share: number;
      readonly missing: readonly { readonly side: Side; readonly reason: MissingReason }[];
    };

/** Not a penny there; no declared ceiling and too few levels; or levels that show no rise with spend. */
export type MissingReason = 'no_spend' | 'no_ceiling' | 'no_rise';

export interface UnitCurves {
  readonly kind: 'curves';
  readonly acquisition: ResponseCurve;
  readonly retention: ResponseCurve;
}

/** Throws RangeError, naming the field, for what is not a count, an amount or a fraction at all. */
export function checkUnit(unit: LoyaltyUnit): void {
  const demand = (holds: boolean, field: string, what: string) => {
    if (!holds) throw new RangeError(`${field} is not ${what}.`);
  };
  const isShare = (share: number | undefined) => share === undefined || (share > 0 && share <= 1);
  for (const period of [unit, ...(unit.history ?? [])]) {
    for (const count of ['prospects', 'acquired', 'customers', 'retained'] as const) {
      demand(Number.isSafeInteger(period[count]) && period[count] >= 0, count, 'a count');
    }
    for (const spend of ['acquisitionSpend', 'retentionSpend'] as const) {
      demand(Number.isFinite(period[spend]) && period[spend] >= 0, spend, 'an amount of 0 or more');
    }
  }
  demand(Number.isFinite(unit.margin), 'margin', 'an amount');
  demand(Number.isFinite(unit.discount) && unit.discount > -1, 'discount', 'a fraction above -1');
  demand(isShare(unit.acquisitionCeiling), 'acquisitionCeiling', 'a share above 0');
  demand(isShare(unit.retentionCeiling), 'retentionCeiling', 'a share above 0');
  demand(unit.freeRetention === 0 || isShare(unit.freeRetention), 'freeRetention', 'a share');
}

/** Needs prospects, customers and spend above 0. */
export function unitCurves(unit: LoyaltyUnit): UnitCurves | UnitRefusal {
  const periods = [unit, ...(unit.history ?? [])];
  const acquisition = curveOf(periods.map(acquisitionLevel), unit.acquisitionCeiling, 0);
  const retention = curveOf(periods.map(retentionLevel), unit.retentionCeiling, unit.freeRetention ?? 0);
  if (acquisition.kind === 'curve' && retention.kind === 'curve') {
    return { kind: 'curves', acquisition: acquisition.curve, retention: retention.curve };
  }
  const missing: { side: Side; reason: MissingReason }[] = [];
  for (const [side, answer] of [
    ['acquisition', acquisition],
    ['retention', retention],
  ] as const) {
    if (answer.kind === 'ceiling_below_rate' || answer.kind === 'rate_below_floor') {
      return { ...answer, side };
    }
    if (answer.kind !== 'curve') missing.push({ side, reason: answer.kind });
  }
  const share = unit.acquisitionSpend / (unit.acquisitionSpend + unit.retentionSpend);
  return { kind: 'spend_mix_only', share, missing };
}

const acquisitionLevel = (period: SpendPeriod): SpendLevel =>
  level(period.prospects, period.acquired, period.acquisitionSpend);

const retentionLevel = (period: SpendPeriod): SpendLevel =>
  level(period.customers, period.retained, period.retentionSpend);

/** A period without people is a level of weight 0: the fit passes it over. */
const level = (people: number, responded: number, total: number): SpendLevel =>
  people === 0 ? { people, spend: 0, rate: 0 } : { people, spend: total / people, rate: responded / people };

type SideAnswer = ReturnType<typeof curveThrough> | { readonly kind: MissingReason };

/**
 * Fitted where the levels carry it; else through the present level (the first) under the declared ceiling. What
 * was declared must agree with the present level either way.
 */
function curveOf(levels: readonly SpendLevel[], ceiling: number | undefined, floor: number): SideAnswer {
  const [present] = levels;
  const declared = present && ceiling !== undefined ? curveThrough(present, ceiling, floor) : undefined;
  if (declared?.kind === 'ceiling_below_rate' || declared?.kind === 'rate_below_floor') return declared;
  const fitted = fitCurve(levels, floor);
  if (fitted.kind === 'curve' || fitted.kind === 'ceiling_below_rate') return fitted;
  if (!present || present.spend <= 0) return { kind: 'no_spend' };
  return declared ?? { kind: fitted.kind === 'no_rise' ? 'no_rise' : 'no_ceiling' };
}
