import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSpendSums, spendCells, spendPrefix, SPEND_DIMENSIONS } from '../spend-sums.js';
import { monthOf } from '#kernel';
import type { SpendEvent } from '../events.js';

type Record = SpendEvent['data'];

const code = fc.option(fc.constantFrom('north', 'a|b', 'x y'), { nil: undefined });
const record: fc.Arbitrary<Record> = fc
  .record({
    spendId: fc.uuid(),
    purpose: fc.constantFrom('acquisition' as const, 'retention' as const),
    spentOn: fc.constantFrom('2025-12-31', '2026-01-01', '2026-01-31'),
    amount: fc.record({ minor: fc.integer({ min: -99, max: 99 }), currency: fc.constantFrom('GBP', 'USD') }),
    addressed: fc.nat(9),
    unit: code,
    segment: code,
    product: code,
    campaign: code,
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record);

/** As the engine adds them up: a sum that comes to 0 is gone. */
function summed(records: readonly Record[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const one of records) {
    for (const [name, amount] of Object.entries(spendCells(one)))
      sums.set(name, (sums.get(name) ?? 0) + amount);
  }
  return [...sums].filter(([, sum]) => sum !== 0);
}

describe('the sums of spend', () => {
  it('are those of the records, whatever their dimensions', () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 12 }),
        fc.constantFrom(...SPEND_DIMENSIONS),
        (records, by) => {
          const cells = summed(records).filter(([name]) => name.startsWith(spendPrefix(by)));
          for (const sum of readSpendSums(cells)) {
            const mine = records.filter(
              (one) =>
                (by === 'all' ? '' : one[by]) === sum.code &&
                one.purpose === sum.purpose &&
                monthOf(one.spentOn) === sum.month &&
                one.amount.currency === sum.currency,
            );
            const signed = ({ amount, addressed = 0 }: Record) => (amount.minor < 0 ? -addressed : addressed);
            expect(sum.records).toBe(mine.length);
            expect(sum.minor).toBe(mine.reduce((total, { amount }) => total + amount.minor, 0));
            expect(sum.addressed).toBe(mine.reduce((total, one) => total + signed(one), 0));
          }
          const counted = readSpendSums(cells).reduce((total, { records: n }) => total + n, 0);
          expect(counted).toBe(by === 'all' ? records.length : records.filter((one) => one[by]).length);
        },
      ),
    );
  });
});
