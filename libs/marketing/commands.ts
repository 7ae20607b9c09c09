/** What can be recorded of campaigns, of spend and of how it is judged. */
import { commandsOf, type Coming } from '#context/index.js';
import { code, derivedId } from '#kernel';
import { campaign, campaignStream } from './campaign.js';
import { CAMPAIGN_END, LAUNCH, POLICY, SPEND_POLICIES, SPENDING } from './events.js';
import { PublishingPolicy } from './publishing.js';
import { spend, spendStream } from './spend.js';
import { spendPolicy } from './spend-policy.js';

const ofCampaigns = commandsOf(campaign, {
  tag: 'Marketing',
  path: '/v1/campaigns',
  params: { campaign: code({ example: 'spring-2026' }) },
});
const ofSpend = commandsOf(spend, { tag: 'Marketing', path: '/v1/spend' });
const ofPolicies = commandsOf(spendPolicy, { tag: 'Marketing', path: '/v1/policies/spend' });

const launchedBy = (commandId: string): string => derivedId(commandId, 'campaign');
const spendIdOf = ({ spendId }: { readonly spendId?: string }, { commandId }: Coming): string =>
  spendId ?? derivedId(commandId, 'spend');

export const marketingCommands = [
  ofCampaigns({
    type: 'LaunchCampaign',
    noLine: 'Campaigns are few, and are launched one by one.',
    dated: 'startsOn',
    body: LAUNCH,
    data: ({ campaignId: _id, ...launched }) => launched,
    target({ campaignId }, { commandId }) {
      const id = campaignId ?? launchedBy(commandId);
      const streamOf =
        campaignId === undefined ? (other: string) => campaignStream(launchedBy(other)) : undefined;
      return { stream: campaignStream(id), addressed: true, streamOf, ids: { campaignId: id } };
    },
    answers: { campaignId: 'spring-2026' },
    summary: 'Launch a campaign',
    refusals: {
      'campaign.exists': 'another campaign has this id',
      'campaign.ends_before_start': 'endsOn is before startsOn',
    },
  }),
  ofCampaigns({
    type: 'EndCampaign',
    path: ':campaign/end',
    noLine: 'Campaigns are few, and are ended one by one.',
    dated: 'endedOn',
    body: CAMPAIGN_END,
    data: (end) => end,
    target: (_end, { params: { campaign = '' } }) => ({
      stream: campaignStream(campaign),
      ids: { campaignId: campaign },
    }),
    answers: { campaignId: 'spring-2026' },
    summary: 'End a campaign',
    refusals: {
      'campaign.not_found': 'no such campaign',
      'campaign.ended': 'it ended on another day',
      'campaign.ends_before_start': 'it had not begun',
    },
  }),
  ofSpend({
    type: 'RecordSpend',
    line: 'spend',
    dated: 'spentOn',
    body: SPENDING,
    data: (body, coming) => ({ ...body, spendId: spendIdOf(body, coming) }),
    target: (body, coming) => ({
      stream: spendStream(body.spentOn),
      addressed: true,
      ids: { spendId: spendIdOf(body, coming) },
    }),
    answers: { spendId: 'inv-4711' },
    summary: 'Record spend',
    description:
      'What was spent on customers, and what for. The same spendId in the same month is recorded once; ' +
      'other spend under it is refused.',
    refusals: {
      'spend.exists': 'other spend was recorded under this id',
      'spend.addressed': 'only acquisition addresses prospects',
      'spend.taken_back': 'more would be taken back than the month holds',
    },
  }),
  ofPolicies({
    type: 'PublishSpendPolicy',
    noLine: 'A policy is decided by people, one at a time.',
    body: POLICY,
    target: () => ({ stream: SPEND_POLICIES, ids: {} }),
    process: PublishingPolicy,
    answers: { version: '1' },
    summary: 'Publish a spend policy',
    description:
      'By it loyalty classes are told apart. It holds from now on; earlier classes stay explained by theirs.',
    refusals: {
      'spend_policy.currency': 'no such currency',
      'spend_policy.declared_twice': 'a unit is declared twice',
      'spend_policy.no_room': 'freeRetention is not below retentionCeiling',
    },
  }),
];
