import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, firstDay, monthNamed, type Day, type Money } from '#kernel';
import { type Ledger, type Purchase, type Subscription } from '#ledger/index.js';
import { contribution } from '../views/contribution.js';
import { LENGTHS, type Window } from '../windows.js';
import { byUnit, prefixesFor, UnitCells, type UnitKind } from './figures.js';

const DEFINITION = { inactivityDays: 100, currency: 'GBP' };
const EPOCH = '2022-01-01';

const gbp = (minor: number): Money => ({ minor, currency: 'GBP' });

/** The sums over all ledgers, as the engine would keep them. */
function cellsOf(ledgers: readonly Ledger[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const ledger of ledgers) {
    for (const [name, amount] of Object.entries(contribution(ledger, DEFINITION))) {
      sums.set(name, (sums.get(name) ?? 0) + Number(amount));
    }
  }
  return [...sums];
}

/** What a query sees of a unit: only the cells it asked for. */
function figures(ledgers: readonly Ledger[], by: UnitKind, code: string, window: Window) {
  const prefixes = prefixesFor(by, [window]);
  const cells = cellsOf(ledgers).filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)));
  const unit = byUnit(by, cells).get(code) ?? new UnitCells();
  return { ...unit.counts(window), ...unit.sales(window), foreign: unit.foreign(window) };
}

/** The same, customer by customer and day by day, by the words of the definition and nothing else. */
function counted(ledgers: readonly Ledger[], by: UnitKind, code: string, { start, length }: Window) {
  const [first, after] = [firstDay(start), firstDay(start + length)];
  const sums = { customers: 0, retained: 0, acquired: 0, revenue: 0, margin: 0, withoutMargin: 0 };
  for (const ledger of ledgers) {
    if (by === 'unit' && ledger.unit !== code) continue;
    if (by === 'segment' && ledger.segment !== code) continue;
    const product = by === 'product' ? code : undefined;
    const bought = boughtBy(ledger, product);
    const contracts = Object.values(ledger.subscriptions).filter(
      (one) => (product === undefined || one.product === product) && (one.endsOn ?? '9999') > one.startsOn,
    );
    const began = [...bought.keys(), ...contracts.map(({ startsOn }) => startsOn)].sort();
    if (began.length > 0 && product === undefined && ledger.customerSince) began.push(ledger.customerSince);
    const won = began.sort()[0];
    if (won !== undefined && won >= first && won < after) sums.acquired++;

    const there = (day: string): boolean => {
      const left = (from: string) =>
        Object.values(ledger.defections).some(({ effectiveOn }) => effectiveOn > from && effectiveOn <= day);
      return (
        [...bought.keys()].some(
          (on) => on <= day && day < addDays(on, DEFINITION.inactivityDays) && !left(on),
        ) ||
        contracts.some(
          ({ startsOn, endsOn }) => startsOn <= day && day < (endsOn ?? '9999') && !left(startsOn),
        )
      );
    };
    if (!there(first)) continue;
    sums.customers++;
    if (there(after)) sums.retained++;
    for (const [day, { revenue, margin, withoutMargin }] of bought) {
      if (day < first || day >= after) continue;
      sums.revenue += revenue;
      sums.margin += margin;
      sums.withoutMargin += withoutMargin;
    }
    for (let month = start; month < start + length; month++) {
      const day = firstDay(month);
      for (const { startsOn, endsOn, monthly, currency } of contracts) {
        if (currency !== DEFINITION.currency || day < startsOn || day >= (endsOn ?? '9999')) continue;
        const price = monthly.filter(([from]) => from <= day).at(-1)?.[1] ?? 0;
        sums.revenue += price;
        sums.withoutMargin += price;
      }
    }
  }
  return sums;
}

function boughtBy(ledger: Ledger, product: string | undefined) {
  const days = new Map<string, { revenue: number; margin: number; withoutMargin: number }>();
  for (const { day, amount, refunded, margin, lines = [], retracted } of Object.values(ledger.purchases)) {
    if (retracted || amount.currency !== DEFINITION.currency) continue;
    if (amount.minor > 0 && refunded >= amount.minor) continue;
    const mine = lines.filter(([name]) => name === product).reduce((sum, [, minor]) => sum + minor, 0);
    if (product !== undefined && !lines.some(([name]) => name === product)) continue;
    const kept = amount.minor === 0 ? 0 : (amount.minor - refunded) / amount.minor;
    const revenue = product === undefined ? amount.minor - refunded : Math.round(mine * kept);
    const share = amount.minor === 0 ? 0 : revenue / amount.minor;
    const sums = days.get(day) ?? { revenue: 0, margin: 0, withoutMargin: 0 };
    sums.revenue += revenue;
    if (margin) sums.margin += Math.round(margin.minor * share);
    else sums.withoutMargin += revenue;
    days.set(day, sums);
  }
  return days;
}

const day = fc.integer({ min: 0, max: 900 }).map((days): Day => addDays(EPOCH, days));
const currency = fc.constantFrom('GBP', 'GBP', 'GBP', 'USD');
const product = fc.constantFrom('tea', 'tin|box');

const purchase: fc.Arbitrary<Purchase> = fc
  .record({
    day,
    minor: fc.integer({ min: 0, max: 50_000 }),
    currency,
    refund: fc.constantFrom(0, 0, 0.5, 1),
    margin: fc.constantFrom(null, 0.25),
    split: fc.constantFrom(null, 0.4, 1),
    retracted: fc.constantFrom(false, false, false, true),
  })
  .map(({ day: on, minor, currency: unit, refund, margin, split, retracted }) => ({
    day: on,
    amount: { minor, currency: unit },
    refunded: Math.floor(minor * refund),
    ...(margin !== null && { margin: { minor: Math.floor(minor * margin), currency: unit } }),
    ...(split !== null && {
      lines: [
        ['tea', Math.floor(minor * split)],
        ['tin|box', minor - Math.floor(minor * split)],
      ] as const,
    }),
    ...(retracted && { retracted }),
  }));

const subscription: fc.Arbitrary<Subscription> = fc
  .record({
    product,
    startsOn: day,
    runs: fc.constantFrom(null, 0, 20, 200, 500),
    currency,
    minor: fc.integer({ min: 1, max: 900 }),
    change: fc.constantFrom(null, 10, 95),
  })
  .map(({ runs, change, minor, ...rest }) => ({
    ...rest,
    interval: 'month',
    endsOn: runs === null ? null : addDays(rest.startsOn, runs),
    monthly: [
      [rest.startsOn, minor],
      ...(change === null ? [] : [[addDays(rest.startsOn, change), minor * 2] as const]),
    ],
  }));

const numbered = <T>(items: readonly T[]): Record<string, T> =>
  Object.fromEntries(items.map((item, n) => [`n${n}`, item]));

const ledger: fc.Arbitrary<Ledger> = fc
  .record({
    segment: fc.constantFrom(undefined, 'retail', 'trade'),
    unit: fc.constantFrom(undefined, 'north', 'a|b'),
    customerSince: fc.constantFrom(undefined, undefined, '2021-05-01', '2022-09-01'),
    purchases: fc.array(purchase, { maxLength: 8 }),
    subscriptions: fc.array(subscription, { maxLength: 2 }),
    defections: fc.array(day, { maxLength: 2 }),
  })
  .map(({ purchases, subscriptions, defections, segment, unit, customerSince }) => ({
    customerId: 'c',
    ...(segment !== undefined && { segment }),
    ...(unit !== undefined && { unit }),
    ...(customerSince !== undefined && { customerSince }),
    purchases: numbered(purchases),
    refunds: {},
    subscriptions: numbered(subscriptions),
    defections: numbered(defections.map((effectiveOn) => ({ effectiveOn, reason: 'unknown' }))),
    seen: 0,
  }));

const window: fc.Arbitrary<Window> = fc.record({
  start: fc.integer({ min: monthNamed('2021-11'), max: monthNamed('2025-01') }),
  length: fc.constantFrom(...LENGTHS),
});

const unit = fc.constantFrom<[UnitKind, string]>(
  ['organisation', ''],
  ['segment', 'retail'],
  ['unit', 'a|b'],
  ['product', 'tea'],
  ['product', 'tin|box'],
);

describe('the figures of a unit in a window', () => {
  it('are exactly those of its customers, counted one by one', () => {
    fc.assert(
      fc.property(fc.array(ledger, { maxLength: 5 }), unit, window, (ledgers, [by, code], within) => {
        expect(figures(ledgers, by, code, within)).toMatchObject(counted(ledgers, by, code, within));
      }),
      { numRuns: 1_000 },
    );
  });

  it('leave other currencies out and count them', () => {
    const customer: Ledger = {
      customerId: 'c',
      purchases: {
        home: { day: '2022-03-05' as Day, amount: gbp(1_000), refunded: 0 },
        away: { day: '2022-04-05' as Day, amount: { minor: 5, currency: 'USD' }, refunded: 0 },
      },
      refunds: {},
      subscriptions: {
        abroad: {
          product: 'tea',
          startsOn: '2022-01-01',
          endsOn: null,
          currency: 'USD',
          interval: 'month',
          monthly: [['2022-01-01', 700]],
        },
      },
      defections: {},
      seen: 0,
    };
    const year: Window = { start: monthNamed('2022-01'), length: 12 };
    expect(figures([customer], 'organisation', '', year)).toMatchObject({
      revenue: 1_000,
      withoutMargin: 1_000,
      foreign: { purchases: 1, subscriptions: 1 },
    });
  });
});
