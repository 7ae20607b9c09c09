/** The spend ledger: every spend record, by day, and their sums by purpose, month and dimension. */
import { spendCells } from '../spend-sums.js';
import { view } from '#projections/index.js';
import { SPEND, spentOnCustomer, type SpendEvent } from '../events.js';

export type SpendRecord = SpendEvent['data'] & { readonly recordedAt: string };

/** The list of all records, or of those of one purpose. */
export const spendList = (purpose?: SpendRecord['purpose']): string =>
  purpose === undefined ? 'all' : `purpose:${purpose}`;

export const spendView = view<SpendRecord, SpendEvent>({
  ...SPEND,
  key: ({ data }) => data.spendId,
  begins: ['MarketingSpendRecorded'],

  on: {
    MarketingSpendRecorded: (_before, { data, recordedAt }) => ({ ...data, recordedAt }),
  },

  lists: ({ purpose, spentOn, customerId }) => [
    { list: spendList(), sort: spentOn },
    { list: spendList(purpose), sort: spentOn },
    ...(customerId === undefined ? [] : [{ list: spentOnCustomer(customerId), sort: spentOn }]),
  ],

  cells: spendCells,
});
