/**
 * Loyalty segments: how a unit balances what it spends on winning customers and on keeping them (analytics.md, "Loyalty
 * segments"). Without the bootstrap, whose draws are no part of the definition: `class` is what the point estimate says.
 */
import { ratio } from './amounts.js';
import { answer, type Answer } from './answer.js';
import { monthsIn, type Window } from './calendar.js';
import { byName } from './events.js';
import { eveOf } from './facts.js';
import { figuresOf, spendOf, type UnitFigures } from './loyalty-figures.js';
import { inOtherCurrencies } from './money.js';
import { bestSplit, classOf, curveThrough, customerValue, type LoyaltyClass } from './split.js';
import { membersOf, type By, type Grouping, type World } from './world.js';

export type UnitKind = 'organisation' | 'unit' | 'segment' | 'product';

export interface Curves {
  readonly acquisitionCeiling?: number;
  readonly retentionCeiling?: number;
  /** Retention that costs nothing. */
  readonly freeRetention?: number;
}

export interface Policy extends Curves {
  readonly version: number;
  readonly shareBand: number;
  readonly regretBand: number;
  /** A year. */
  readonly discount: number;
  /** Of revenue that carries no margin of its own. */
  readonly marginRate: number;
  readonly units?: readonly ({ readonly by: string; readonly code: string } & Curves)[];
}

export type Refused =
  | 'no_spend'
  | 'not_applicable'
  | 'unprofitable'
  | 'one_sided_spend'
  | 'no_ceiling'
  | 'ceiling_below_observed'
  | 'rate_below_free_retention'
  | 'no_equity';

export interface LoyaltyRow {
  readonly code: string;
  readonly class: LoyaltyClass | null;
  readonly refused: Refused | null;
  readonly figures: UnitFigures;
  /** Of acquisition in all that was spent; null where nothing was. */
  readonly share: number | null;
  /** To three digits. */
  readonly optimalShare: number | null;
  readonly regret: number | null;
}

/** @param window of whole months, which is complete as of the day */
export function loyalty(world: World, window: Window, kind: UnitKind, policy: Policy): Answer<LoyaltyRow> {
  const by = kind === 'organisation' ? null : kind;
  const grouping: Grouping = { by: by satisfies By | null };
  const members = membersOf(world, grouping).flatMap(({ customer, groupsOn }) =>
    groupsOn(
      customer.cameOn !== null && customer.cameOn >= window.start ? customer.cameOn : eveOf(window.start),
    ).map((group) => ({ customer, group: by === null ? ALL : group })),
  );
  const spend = spendOf(world, window, by);
  const codes = new Set([...members.map(({ group }) => group), ...spend.map(({ code }) => code)]);
  if (by === null) codes.add(ALL);
  const named = [...codes].filter((code) => code !== null).sort(byName);
  const discount = (1 + policy.discount) ** (monthsIn(window) / 12) - 1;
  return answer(world, grouping, {
    window,
    at: 'start_of_window',
    n: new Set(members.map(({ customer }) => customer.customerId)).size,
    excluded: {
      ...inOtherCurrencies(world.customers, window, { ...world.definition, asOf: world.asOf }),
      without_code: members.filter(({ group }) => group === null).length,
    },
    items: named.map((code) => {
      const own = members.filter(({ group }) => group === code).map(({ customer }) => customer);
      const figures = figuresOf(
        world,
        window,
        own,
        spend.filter((one) => one.code === code),
        policy.marginRate,
      );
      return { code, ...judged(figures, { ...policy, ...unitOf(policy, kind, code), discount }) };
    }),
  });
}

const ALL = 'all';

const unitOf = ({ units = [] }: Policy, kind: UnitKind, code: string): Curves =>
  units.find((unit) => unit.by === kind && unit.code === code) ?? {};

export function judged(figures: UnitFigures, policy: Omit<Policy, 'version'>): Omit<LoyaltyRow, 'code'> {
  const { prospects, customers, acquisitionSpend, retentionSpend, acquired, retained } = figures;
  const { acquisitionCeiling, retentionCeiling, freeRetention: floor = 0, discount } = policy;
  const share = ratio(acquisitionSpend, acquisitionSpend + retentionSpend);
  const refused = (reason: Refused) => ({
    class: null,
    refused: reason,
    figures,
    share,
    optimalShare: null,
    regret: null,
  });
  if (share === null) return refused('no_spend');
  const acquisitionRate = ratio(acquired, prospects);
  const retentionRate = ratio(retained, customers);
  if (acquisitionRate === null || retentionRate === null) return refused('not_applicable');
  const margin = figures.margin / customers;
  if (customerValue(margin, discount, retentionSpend / customers, retentionRate) <= 0)
    return refused('unprofitable');
  if (acquisitionCeiling === undefined || retentionCeiling === undefined) return refused('no_ceiling');
  if (acquisitionSpend <= 0 || retentionSpend <= 0) return refused('one_sided_spend');
  if (acquisitionRate >= acquisitionCeiling || retentionRate >= retentionCeiling)
    return refused('ceiling_below_observed');
  if (retentionRate < floor) return refused('rate_below_free_retention');
  const split = bestSplit(
    { ...figures, acquisitionRate, retentionRate, margin, discount },
    curveThrough(acquisitionRate, acquisitionSpend / prospects, { floor: 0, ceiling: acquisitionCeiling }),
    curveThrough(retentionRate, retentionSpend / customers, { floor, ceiling: retentionCeiling }),
  );
  if (split.bestEquity <= 0) return refused('no_equity');
  const shown = (number: number) => Math.round(number * 1000) / 1000;
  return {
    class: classOf(split, policy),
    refused: null,
    figures,
    share,
    optimalShare: shown(split.optimalShare),
    regret: shown(split.regret),
  };
}
