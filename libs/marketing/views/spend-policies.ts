/** The published spend policies: one document a version, never changed, listed in the order of versions. */
import { view } from '#projections/index.js';
import { SPEND_POLICIES, SPEND_POLICY, type PublishedSpendPolicy, type SpendPolicyEvent } from '../events.js';

export const spendPoliciesView = view<PublishedSpendPolicy, SpendPolicyEvent>({
  ...SPEND_POLICY,
  key: ({ stream, revision }) => (stream === SPEND_POLICIES ? String(revision + 1n) : null),
  begins: ['SpendPolicyPublished'],

  on: {
    SpendPolicyPublished: (_before, { data, revision, recordedAt, actor }) => ({
      ...data,
      version: Number(revision + 1n),
      publishedAt: recordedAt,
      publishedBy: actor.id,
    }),
  },

  lists: ({ version }) => [{ list: 'all', sort: String(version).padStart(10, '0') }],
});
