/**
 * Everything a loyalty class is made from, read from the views: the retention definition that the live figures
 * were counted by, the spend policies, the figures and the spend of units in windows.
 */
import { Injectable } from '@nestjs/common';
import { plus, dayIn, monthOf, type Instant, type Month } from '#kernel';
import { LEDGER, LedgerFigures, type Figures } from '#ledger/index.js';
import {
  DEFAULT_SPEND_POLICY,
  readSpendSums,
  SPEND,
  SPEND_POLICY,
  spendPrefix,
  type PublishedSpendPolicy,
  type SpendDimension,
  type SpendPolicy,
  type SpendSum,
} from '#marketing/events.js';
import { ViewReader } from '#projections/index.js';
import type { RetentionDefinition } from '#retention/events.js';
import { earlier, endOf, type Window } from '../windows.js';
import { breakdownOf, kindsFor, UnitCells, type UnitKind } from './figures.js';
import type { SpendTotals, Unit, UnitInWindow } from './classify.js';

/** By what rules an answer is given, and how fresh it is. */
export interface Ground {
  readonly definition: RetentionDefinition;
  /** In the order of versions; without the default. */
  readonly policies: readonly PublishedSpendPolicy[];
  /** Of the log, up to which every view that was read has seen; null before any event. */
  readonly position: string | null;
}

/** What is not in an answer's figures, by the reason. */
export type Excluded = Readonly<Record<string, number>>;

/** Earlier windows in which other levels of spend may have been tried. */
const HISTORY = 4;
const MOST_VERSIONS = 1_000;

export const currentPolicy = ({ policies }: Ground): SpendPolicy => policies.at(-1) ?? DEFAULT_SPEND_POLICY;

export const policyAt = ({ policies }: Ground, at: Instant): SpendPolicy =>
  policies.filter(({ publishedAt }) => publishedAt <= at).at(-1) ?? DEFAULT_SPEND_POLICY;

/** The month that runs, in the definition's zone. */
export const monthNow = ({ definition }: Ground, now: Instant): Month => monthOf(dayIn(definition.zone, now));

@Injectable()
export class Units {
  constructor(
    private readonly views: ViewReader,
    private readonly figures: LedgerFigures,
  ) {}

  /** @throws `view.not_ready` */
  async ground(): Promise<Ground> {
    const [definition, policies, statuses] = await Promise.all([
      this.figures.definition(),
      this.views.range(SPEND_POLICY, 'all', { limit: MOST_VERSIONS }),
      Promise.all([LEDGER, SPEND, SPEND_POLICY].map((view) => this.views.status(view))),
    ]);
    const seen = statuses.map(({ checkpoint }) => checkpoint);
    const least = seen.reduce((a, b) => (a === null || b === null ? null : a < b ? a : b));
    return {
      definition,
      policies: policies.map(({ document }) => JSON.parse(document) as PublishedSpendPolicy),
      position: least === null ? null : String(least),
    };
  }

  /** The figures and the spend of all units of a kind, for windows of the length of this one. */
  async of(by: UnitKind, { length }: Pick<Window, 'length'>): Promise<UnitsOfKind> {
    const asked = { by: breakdownOf(by), membership: 'dated', asOf: null } as const;
    const [spend, figures] = await Promise.all([
      this.views.cells(SPEND, spendPrefix(dimensionOf(by))),
      this.figures.read(kindsFor(length), asked),
    ]);
    return new UnitsOfKind(by, unitsOf(by, figures), readSpendSums(spend));
  }
}

/** By code; the organisation's, and those of customers without one, under ''. */
const unitsOf = (by: UnitKind, { all, groups }: Figures): ReadonlyMap<string, UnitCells> =>
  by === 'organisation'
    ? new Map([['', new UnitCells(all)]])
    : new Map(groups.map(({ group, cells }) => [group ?? '', new UnitCells(cells)]));

export class UnitsOfKind {
  constructor(
    readonly by: UnitKind,
    private readonly units: ReadonlyMap<string, UnitCells>,
    private readonly spend: readonly SpendSum[],
  ) {}

  /** Codes with customers or spend in the window, in order. */
  codes(window: Window): string[] {
    const codes = new Set<string>();
    for (const [code, cells] of this.units) {
      const { customers, acquired } = cells.counts(window);
      if (customers + acquired > 0) codes.add(code);
    }
    for (const sum of this.spend) if (isWithin(window, sum)) codes.add(sum.code);
    if (this.by !== 'organisation') codes.delete('');
    return [...codes].sort();
  }

  /** Customers there at the window's start, of all units that have a code. */
  customers(window: Window): number {
    return this.codes(window).reduce((sum, code) => sum + this.cells(code).counts(window).customers, 0);
  }

  /** Customers there at the window's start who belonged to no unit of this kind. */
  unassigned(window: Window): number {
    return this.cells('').counts(window).customers;
  }

  inWindow(unit: Unit, window: Window, policy: SpendPolicy, { currency }: RetentionDefinition): UnitInWindow {
    const cells = this.cells(unit.code);
    const spend = this.spend.filter(({ code }) => code === unit.code);
    const at = (when: Window) => ({
      counts: cells.counts(when),
      spend: totals(spend, when, policy.currency),
    });
    const history = Array.from({ length: HISTORY }, (_, n) => at(earlier(window, n + 1)));
    return { unit, window, currency, ...at(window), sales: cells.sales(window), history };
  }

  excluded({ code }: Unit, window: Window, policy: SpendPolicy): Excluded {
    const { purchases, subscriptions } = this.cells(code).foreign(window);
    let records = 0;
    for (const sum of this.spend) {
      if (sum.code === code && isWithin(window, sum) && sum.currency !== policy.currency)
        records += sum.records;
    }
    return {
      purchases_in_other_currencies: purchases,
      subscriptions_in_other_currencies: subscriptions,
      spend_in_other_currencies: records,
    };
  }

  private cells(code: string): UnitCells {
    return this.units.get(code) ?? new UnitCells();
  }
}

const dimensionOf = (by: UnitKind): SpendDimension => (by === 'organisation' ? 'all' : by);

const isWithin = (window: Window, { month }: SpendSum): boolean =>
  month >= window.start && month < endOf(window);

function totals(sums: readonly SpendSum[], window: Window, currency: string): SpendTotals {
  const total: { -readonly [K in keyof SpendTotals]-?: SpendTotals[K] } = {
    acquisition: 0,
    retention: 0,
    addressed: 0,
    foreign: 0,
  };
  for (const sum of sums) {
    if (!isWithin(window, sum)) continue;
    if (sum.currency !== currency) {
      total.foreign += sum.records;
      continue;
    }
    total[sum.purpose] = plus(total[sum.purpose], sum.minor);
    total.addressed += sum.addressed;
  }
  return total;
}
