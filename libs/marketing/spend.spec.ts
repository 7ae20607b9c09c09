import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given } from '#test/support/given.js';
import { twiceEach } from '#test/support/twice-each.js';
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

describe('spend', () => {
  it('is recorded once under its id, in the ledger of its month', () => {
    given(spend).when(record()).then(recorded);
    given(spend, recorded).when(record()).then();
    given(spend, recorded)
      .when(record({ spendId: 'inv-2' }))
      .decides('MarketingSpendRecorded');
    expect(spendStream('2026-03-02')).toBe('spend-2026-03');
  });

  it('is not another one under an id that is taken, in whatever it differs', () => {
    for (const changes of [
      { amount: { minor: 501, currency: 'GBP' } },
      { amount: { minor: 500, currency: 'USD' } },
      { spentOn: '2026-03-03' },
      { addressed: 41 },
      { segment: 'premium' },
    ])
      given(spend, recorded).when(record(changes)).isRefused('spend.exists');
  });

  it('is taken back by a negative record, up to what the month holds of that purpose and currency', () => {
    const back = (minor: number, currency = 'GBP') =>
      record({ spendId: 'inv-2', amount: { minor, currency } });
    given(spend, recorded).when(back(-500)).decides('MarketingSpendRecorded');
    given(spend, recorded).when(back(-501)).isRefused('spend.taken_back');
    given(spend, recorded).when(back(-1, 'USD')).isRefused('spend.taken_back');
    given(spend).when(back(-1)).isRefused('spend.taken_back');
  });

  it('addresses prospects only where it is to win them', () => {
    given(spend)
      .when(record({ purpose: 'retention' }))
      .isRefused('spend.addressed');
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
