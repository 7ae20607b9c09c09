/**
 * The rules of spend: the ledger of a month, one stream. A spend record has an id that is recorded once in its
 * month, and another record under the same id is refused. Nothing is edited: a wrong record is taken back by a negative one, of which `addressed` is taken back
 * too. No more can be taken back than the month's records of that purpose and currency come to; a single unit
 * or segment may still go below zero, and its loyalty class is then refused.
 */
import { Map } from 'immutable';
import {
  canonicalJson,
  DomainError,
  plus,
  streamNamed,
  type Decider,
  type StreamName,
  type Whole,
} from '#kernel';
import type { SpendEvent } from './events.js';

type Spend = SpendEvent['data'];

export interface SpendCommand {
  readonly type: 'RecordSpend';
  readonly data: Spend;
}

export interface SpendState {
  /** Each record as canonical JSON, by its id. Shares what it has in common with the states before it. */
  readonly recorded: Map<string, string>;
  /** Minor units by `purpose currency`. */
  readonly sums: Readonly<Record<string, Whole>>;
}

/** The ledger of the month a day is in. */
export const spendStream = (spentOn: string): StreamName => streamNamed(`spend-${spentOn.slice(0, 7)}`);

export const spend: Decider<SpendState, SpendCommand, SpendEvent> = {
  name: 'spend',
  initialState: { recorded: Map(), sums: {} },

  decide: {
    RecordSpend({ data }, { recorded, sums }) {
      const known = recorded.get(data.spendId);
      if (known === canonicalJson(data)) return [];
      if (known !== undefined)
        throw new DomainError(
          'spend.exists',
          'Other spend was recorded under this id. Choose another id, or take the other back by a negative record.',
          'rule',
          { field: 'spendId' },
        );
      if (data.addressed !== undefined && data.purpose !== 'acquisition')
        throw new DomainError(
          'spend.addressed',
          'Only acquisition spend addresses prospects. Leave `addressed` out.',
          'invalid',
        );
      const left = sums[account(data)] ?? 0;
      if (data.amount.minor < 0 && plus(left, data.amount.minor) < 0)
        throw new DomainError(
          'spend.taken_back',
          `At most ${left} minor units of ${data.amount.currency} can be taken back from this month.`,
          'rule',
          { left: Number(left) },
        );
      return [{ type: 'MarketingSpendRecorded', data }];
    },
  },

  evolve: {
    MarketingSpendRecorded: ({ recorded, sums }, data) => ({
      recorded: recorded.set(data.spendId, canonicalJson(data)),
      sums: { ...sums, [account(data)]: plus(sums[account(data)] ?? 0, data.amount.minor) },
    }),
  },
};

const account = ({ purpose, amount }: Spend): string => `${purpose} ${amount.currency}`;
