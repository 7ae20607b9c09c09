import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, firstDay, monthOf, type Month } from '#kernel';
import { groupTenures, kaplanMeier } from '#statistics/index.js';
import { figuresOf } from '#test/support/churn-figures.js';
import * as reference from '#test/support/churn-reference.js';
import { isThere, person, type Person } from '#test/support/churn-reference.js';
import { BREAKDOWNS, LAGS, type Breakdown, type Lag } from './cells.js';
import { observation } from './queries/answer.js';
import { cohorts } from './queries/cohorts.js';
import { retention, type RetentionRow } from './queries/retention.js';
import { survival } from './queries/survival.js';

const LONG_AFTER = '2027-06-15';

/** The people of a group, and the product it is restricted to. */
function membersOf(
  people: readonly Person[],
  by: Breakdown | null,
  group: string | null,
): [Person[], string?] {
  if (by === null || by === 'unit') return [[...people]]; // nobody here has a unit: all belong to no group
  if (by === 'product') return [[...people], group!];
  return [people.filter((one) => (one[by] ?? null) === group)];
}

function retained(
  people: readonly Person[],
  start: Month,
  months: Lag,
  product?: string,
): Partial<RetentionRow> {
  const [from, to] = [firstDay(start), firstDay(start + months)];
  const there = (day: string) => people.filter((one) => isThere(one, day, product));
  const before = (one: Person) =>
    Array.from({ length: 60 }, (_, n) => firstDay(start - n)).some((day) => isThere(one, day, product));
  const [S, E] = [there(from), there(to)];
  const joined = E.filter((one) => !S.includes(one));
  const kept = S.filter((one) => E.includes(one)).length;
  return {
    customersAtStart: S.length,
    customersAtEnd: E.length,
    kept,
    lost: S.length - kept,
    new: joined.filter((one) => !before(one)).length,
    returning: joined.filter(before).length,
    retentionRate: S.length === 0 ? null : kept / S.length,
    recurring: sums(
      people.map((one) => [reference.recurring(one, from, product), reference.recurring(one, to, product)]),
    ),
    transactional:
      months === 12
        ? sums(
            people.map((one) => [
              reference.spent(one, firstDay(start - 12), from, product),
              reference.spent(one, from, to, product),
            ]),
          )
        : null,
  };
}

function sums(ends: readonly (readonly [open: number, close: number])[]): RetentionRow['recurring'] {
  const paid = ends.filter(([open]) => open > 0);
  const total = (of: (open: number, close: number) => number) =>
    paid.reduce((sum, [a, b]) => sum + of(a, b), 0);
  const open = total((a) => a);
  return {
    open,
    lost: total((a, b) => Math.max(0, a - b)),
    grown: total((a, b) => Math.max(0, b - a)),
    gross: open === 0 ? null : total(Math.min) / open,
    net: open === 0 ? null : total((_, b) => b) / open,
  };
}

const people = fc.array(person, { minLength: 30, maxLength: 30 });
const by = fc.constantFrom(null, ...BREAKDOWNS);
const month = fc.integer({ min: monthOf('2022-10-01'), max: monthOf('2026-06-01') });

describe('figures made from cells', () => {
  it('are the retention that the definition gives, person by person, in any window and group', () => {
    fc.assert(
      fc.property(
        people,
        by,
        fc.constantFrom(...LAGS),
        fc.array(month, { minLength: 3, maxLength: 3 }),
        (who, by, months, starts) => {
          const windows = starts.sort((a, b) => a - b).map((start) => ({ start, months }));
          const { items } = retention(figuresOf(who, by), windows, observation(undefined, '2028-01-01'));
          for (const row of items) {
            const [members, product] = membersOf(who, by, row.group);
            expect(row).toMatchObject(retained(members, monthOf(row.start), months, product));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are the cohorts that the raw purchases give', () => {
    fc.assert(
      fc.property(people, by, fc.constantFrom('month', 'quarter', 'year'), (who, by, period) => {
        const { items } = cohorts(figuresOf(who, by), period, null, observation(undefined, LONG_AFTER));
        const rows = items.filter(({ cohort }) => cohort !== null);
        for (const row of rows) {
          const [members, product] = membersOf(who, by, row.group);
          const mine = members.filter((one) => cohortOf(one, period, product) === row.cohort);
          const bought = mine.map((one) => inAge(one, row.age, product));
          const total = (of: (days: number[]) => number) => bought.reduce((sum, days) => sum + of(days), 0);
          expect(row).toMatchObject({
            size: mine.length,
            active: total((days) => (days.length > 0 ? 1 : 0)),
            occasions: total((days) => days.length),
            revenue: total((days) => days.reduce((sum, net) => sum + net, 0)),
          });
        }
      }),
      { numRuns: 25 },
    );
  });

  it('are the survival that the first stays give, followed day by day', () => {
    fc.assert(
      fc.property(people, by, fc.integer({ min: 0, max: 1200 }), (who, by, later) => {
        const asOf = addDays(reference.FIRST_DAY, later);
        const seen = observation(asOf, LONG_AFTER);
        const open = monthOf(seen.until);
        for (const row of survival(figuresOf(who, by), seen).items) {
          const [members, product] = membersOf(who, by, row.group);
          const tenures = members
            .filter((one) => reference.hasContract(one, product) === (row.leaving === 'contract'))
            .flatMap((one) => {
              const stay = reference.firstStay(one, addDays(firstDay(open), -1), product);
              if (stay === null) return [];
              const end = stay.to === null ? open - 1 : monthOf(stay.to);
              return [{ time: end - monthOf(stay.from), event: stay.to !== null }];
            });
          expect(row.customers).toBe(tenures.length);
          expect(row.steps).toEqual(kaplanMeier(groupTenures(tenures)).steps);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('of a past day are what they would have been on it', () => {
    fc.assert(
      fc.property(people, fc.integer({ min: 100, max: 800 }), (who, later) => {
        const asOf = addDays(reference.FIRST_DAY, later);
        const shoppers = who.map((one): Person => ({ ...one, subs: [], gone: [] }));
        const then = shoppers.map((one): Person => ({
          ...one,
          bought: one.bought.filter(({ day }) => day <= asOf),
        }));
        const seen = observation(asOf, LONG_AFTER);
        const windows = [{ start: monthOf(asOf) - 3, months: 3 as const }];
        const [now, known] = [figuresOf(shoppers, null), figuresOf(then, null)];
        expect(retention(now, windows, seen).items).toEqual(retention(known, windows, seen).items);
        expect(cohorts(now, 'month', null, seen).items).toEqual(cohorts(known, 'month', null, seen).items);
        expect(survival(now, seen).items).toEqual(survival(known, seen).items);
      }),
      { numRuns: 25 },
    );
  });
});

function cohortOf(one: Person, period: 'month' | 'quarter' | 'year', product?: string): string | undefined {
  const first = [...reference.spending(one, product).keys()].sort()[0];
  if (first === undefined || period === 'month') return first?.slice(0, 7);
  const year = first.slice(0, 4);
  return period === 'year' ? year : `${year}-Q${Math.ceil(Number(first.slice(5, 7)) / 3)}`;
}

/** What was bought on each occasion in the n-th month after the first. */
function inAge(one: Person, age: number, product?: string): number[] {
  const days = [...reference.spending(one, product)].sort(([a], [b]) => (a < b ? -1 : 1));
  const start = monthOf(days[0]![0]);
  return days.flatMap(([day, net]) => (monthOf(day) === start + age ? [net] : []));
}
