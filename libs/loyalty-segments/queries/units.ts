/**
 * Everything a loyalty class is made from, read from the views: the retention definition that the live figures
 * were counted by, the spend policies, the figures and the spend of units in windows.
 */
import { Injectable } from '@nestjs/common';
import { DomainError, plus, dayIn, monthOf, type Instant, type Month } from '#kernel';
import { readSpendSums, spendPrefix, type SpendDimension, type SpendSum } from '#ledger/index.js';
import {
  DEFAULT_SPEND_POLICY,
  SPEND,
  SPEND_POLICY,
  type PublishedSpendPolicy,
  type SpendPolicy,
} from '#marketing/events.js';
import { parseCollection, ViewReader } from '#projections/index.js';
import {
  BUILT_IN_DEFINITION,
  definitionNamed,
  DEFINITIONS_VIEW,
  type RetentionDefinition,
} from '#retention/events.js';
import { UNIT_FIGURES } from '../views/unit-figures.js';
import { earlier, endOf, type Window } from '../windows.js';
import { byUnit, prefixesFor, UnitCells, type UnitKind } from './figures.js';
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
  constructor(private readonly views: ViewReader) {}

  /** @throws `view.not_ready` */
  async ground(): Promise<Ground> {
    const figures = await this.views.collection(UNIT_FIGURES);
    const version = parseCollection(figures).version.split('+d')[1] ?? '0';
    const [definition, policies, statuses] = await Promise.all([
      this.definition(version),
      this.views.range(SPEND_POLICY, 'all', { limit: MOST_VERSIONS }),
      Promise.all([UNIT_FIGURES, SPEND, SPEND_POLICY].map((view) => this.views.status(view))),
    ]);
    const seen = statuses.map(({ checkpoint }) => checkpoint);
    const least = seen.reduce((a, b) => (a === null || b === null ? null : a < b ? a : b));
    return {
      definition,
      policies: policies.map(({ document }) => JSON.parse(document) as PublishedSpendPolicy),
      position: least === null ? null : String(least),
    };
  }

  private async definition(version: string): Promise<RetentionDefinition> {
    if (version === String(BUILT_IN_DEFINITION.version)) return BUILT_IN_DEFINITION;
    const [published] = await this.views.get<RetentionDefinition>(DEFINITIONS_VIEW, [
      definitionNamed(version),
    ]);
    if (published !== undefined) return published;
    throw new DomainError('view.not_ready', 'The retention definitions are still being read.', 'unavailable');
  }

  /** The figures and the spend of all units of a kind, for these windows and those before them. */
  async of(by: UnitKind, windows: readonly Window[]): Promise<UnitsOfKind> {
    const [spend, ...cells] = await Promise.all([
      this.views.cells(SPEND, spendPrefix(dimensionOf(by))),
      ...prefixesFor(by, windows).map((prefix) => this.views.cells(UNIT_FIGURES, prefix)),
    ]);
    return new UnitsOfKind(by, byUnit(by, cells.flat()), readSpendSums(spend));
  }
}

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

  /** Customers there at the window's start who belong to no unit of this kind. */
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
  const total: { -readonly [K in keyof SpendTotals]: SpendTotals[K] } = {
    acquisition: 0,
    retention: 0,
    addressed: 0,
  };
  for (const sum of sums) {
    if (!isWithin(window, sum) || sum.currency !== currency) continue;
    total[sum.purpose] = plus(total[sum.purpose], sum.minor);
    total.addressed += sum.addressed;
  }
  return total;
}
