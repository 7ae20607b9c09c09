/** Random questions to a history: every figure, any grouping, any day as of which. */
import fc from 'fast-check';
import type { Query } from './ask.js';
import { lastCompleteMonths, periodOf, plusDays, plusMonths, daysBetween, type Window } from './calendar.js';
import type { Definition } from './facts.js';
import { FIRST_DAY, LAST_DAY } from './history-facts.js';
import type { Policy } from './loyalty.js';

export const definitionOf = (zone: string): Definition => ({
  version: 1,
  zone,
  inactivityDays: 90,
  atRiskDays: 45,
  currency: 'GBP',
});

export const POLICY: Policy = {
  version: 1,
  shareBand: 0.1,
  regretBand: 0.05,
  discount: 0.1,
  marginRate: 0.3,
  acquisitionCeiling: 0.9,
  retentionCeiling: 0.95,
};

const split = {
  by: fc.constantFrom(
    null,
    'segment' as const,
    'region' as const,
    'unit' as const,
    'product' as const,
    'tag' as const,
    'owner' as const,
    'relationship' as const,
  ),
  membership: fc.constantFrom('dated' as const, 'now' as const),
};

const firstMonth = periodOf(FIRST_DAY, 'month');
const months = fc.nat(15).map((month) => plusMonths(firstMonth, month));

const windowOf = (lengths: readonly number[]): fc.Arbitrary<Window> =>
  fc
    .tuple(months, fc.constantFrom(...lengths))
    .map(([start, length]) => ({ start, end: plusMonths(start, length) }));

/** Each by the definition of UTC, until it is asked of a history in another zone. */
export function queriesOf(): fc.Arbitrary<Query> {
  const common = {
    definition: fc.constant(definitionOf('UTC')),
    // The last day knows of the whole history; any other one, of a part.
    asOf: fc.oneof(
      fc.constant(LAST_DAY),
      fc.nat(daysBetween(FIRST_DAY, LAST_DAY)).map((days) => plusDays(FIRST_DAY, days)),
    ),
  };
  const window = windowOf([1, 3, 12]);
  return fc.oneof(
    fc.record({
      of: fc.constant('retention' as const),
      ...common,
      ...split,
      windows: fc.array(window, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({
      of: fc.constant('cohorts' as const),
      ...common,
      ...split,
      window: windowOf([3, 12]),
      period: fc.constantFrom('month' as const, 'quarter', 'year'),
    }),
    fc.record({
      of: fc.constant('revenue' as const),
      ...common,
      ...split,
      window,
      period: fc.constantFrom('week' as const, 'month', 'quarter', 'year'),
    }),
    fc.record({
      of: fc.constant('causes' as const),
      ...common,
      ...split,
      window: windowOf([3, 12]),
      order: fc.constantFrom('value' as const, 'number'),
    }),
    fc.record({ of: fc.constant('at-risk' as const), ...common, ...split }),
    fc.record({ of: fc.constant('lifecycle' as const), ...common, ...split }),
    fc.record({
      of: fc.constant('spend' as const),
      ...common,
      window: windowOf([12]),
      by: fc.constantFrom(null, 'unit' as const, 'segment' as const, 'product' as const),
    }),
    fc
      .record({
        of: fc.constant('loyalty' as const),
        ...common,
        by: fc.constantFrom('organisation' as const, 'unit', 'segment', 'product'),
        policy: fc.constant(POLICY),
        months: fc.constantFrom(1, 3, 6, 12),
      })
      .map(({ months: length, ...query }) => ({
        ...query,
        window: lastCompleteMonths(length, query.asOf),
      })),
  );
}
