/** The published spend policies: one document a version, never changed, listed in the order of versions. */
import { view } from '#projections/index.js';
import {
  SPEND_POLICIES,
  SPEND_POLICY,
  versionOf,
  type PublishedSpendPolicy,
  type SpendPolicyEvent,
} from '../events.js';

export const spendPoliciesView = view<PublishedSpendPolicy, SpendPolicyEvent>({
  ...SPEND_POLICY,
  key: (event) => (event.stream === SPEND_POLICIES ? String(versionOf(event)) : null),
  begins: ['SpendPolicyPublished'],

  on: {
    SpendPolicyPublished: (_before, event) => ({
      ...event.data,
      version: versionOf(event),
      publishedAt: event.recordedAt,
      publishedBy: event.actor.id,
    }),
  },

  lists: ({ version }) => [{ list: 'all', sort: String(version).padStart(10, '0') }],
});
