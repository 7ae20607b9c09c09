/** Every version of the spend policy, by number. */
import { EVERY_VERSION, SPEND_POLICIES_VIEW } from '#ledger/index.js';
import { view } from '#projections/index.js';
import type { SpendPolicyEvent, VersionedSpendPolicy } from '../events.js';

export const spendPoliciesView = view<VersionedSpendPolicy, SpendPolicyEvent>({
  ...SPEND_POLICIES_VIEW,
  key: ({ revision }) => String(revision + 1n),
  begins: ['SpendPolicyPublished'],
  on: {
    // In force from when it was recorded: a policy does not reach back.
    SpendPolicyPublished: (_before, { data, revision, recordedAt }) => ({
      ...data,
      version: Number(revision) + 1,
      publishedAt: recordedAt,
    }),
  },
  lists: ({ version }) => [{ list: EVERY_VERSION, sort: String(version).padStart(9, '0') }],
});
