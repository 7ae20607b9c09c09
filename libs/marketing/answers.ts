/** What is answered about campaigns, spend and how it is judged. */
import { dtoOf } from '#context/index.js';
import { code, day, instantField, listOf, nested, openText, whole } from '#kernel';
import { CAMPAIGN, POLICY, SPENDING, SPENT } from './events.js';

export const CampaignSchema = dtoOf('Campaign', {
  campaignId: code({ example: 'spring-2026' }),
  ...CAMPAIGN,
  endedOn: day({ description: 'The last day, where it ended.' }).optional,
});

export const SpendRecordSchema = dtoOf('SpendRecord', {
  ...SPENT,
  spendId: SPENDING.spendId,
  recordedAt: instantField(),
});

const POLICY_FIELDS = {
  version: whole({ min: 0, description: '0 is the one built in.' }),
  ...POLICY,
  publishedAt: instantField().optional,
  publishedBy: openText(64, { example: 'finance' }).optional,
};
export const SpendPolicySchema = dtoOf('SpendPolicy', POLICY_FIELDS);
const policy = nested('SpendPolicyVersion', POLICY_FIELDS);
export const SpendPoliciesSchema = dtoOf('SpendPolicies', {
  current: policy,
  items: listOf(policy, { max: 1_000_000, description: 'In the order of versions, from the default.' }),
});
