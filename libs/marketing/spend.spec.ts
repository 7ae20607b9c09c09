import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decided, twiceEach } from '#test/support/decided.js';
import type { SpendEvent } from './events.js';
import { spend, spendStream, type SpendCommand } from './spend.js';

const DATA = {
  spendId: 'inv-1',
  purpose: 'acquisition',
  spentOn: '2026-03-02',
  amount: { minor: 500, currency: 'GBP' },
  addressed: 40,
} as const;

const record = (changes: Partial<SpendEvent['data']> = {}): SpendCommand => ({
  type: 'RecordSpend',
  data: { ...DATA, ...changes },
});
const recorded: SpendEvent = { type: 'MarketingSpendRecorded', data: DATA };

const when = (given: readonly SpendEvent[], command: SpendCommand) => decided(spend, given, command);

describe('spend', () => {
  it('is recorded once under its id, in the ledger of its month', () => {
    expect(when([], record())).toEqual([recorded]);
    expect(when([recorded], record())).toEqual([]);
    expect(when([recorded], record({ spendId: 'inv-2' }))).toHaveLength(1);
    expect(spendStream('2026-03-02')).toBe('spend-2026-03');
  });

  it('is taken back by a negative record, up to what the month holds of that purpose and currency', () => {
    const back = (minor: number, currency = 'GBP') =>
      record({ spendId: 'inv-2', amount: { minor, currency } });
    expect(when([recorded], back(-500))).toHaveLength(1);
    expect(when([recorded], back(-501))).toBe('spend.taken_back');
    expect(when([recorded], back(-1, 'USD'))).toBe('spend.taken_back');
    expect(when([], back(-1))).toBe('spend.taken_back');
  });

  it('addresses prospects only where it is to win them', () => {
    expect(when([], record({ purpose: 'retention' }))).toBe('spend.addressed');
  });

  it('decides nothing new when a command comes twice, and no month goes below zero', () => {
    const command = fc
      .record({
        spendId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        purpose: fc.constantFrom('acquisition' as const, 'retention' as const),
        amount: fc.record({
          minor: fc.integer({ min: -50, max: 50 }),
          currency: fc.constantFrom('GBP', 'USD'),
        }),
      })
      .map((data): SpendCommand => ({ type: 'RecordSpend', data: { ...data, spentOn: '2026-03-02' } }));
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        const sums = new Map<string, number>();
        for (const { data } of twiceEach(spend, commands)) {
          const account = `${data.purpose} ${data.amount.currency}`;
          sums.set(account, (sums.get(account) ?? 0) + data.amount.minor);
        }
        for (const sum of sums.values()) expect(sum).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
