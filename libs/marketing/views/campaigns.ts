/** Campaigns, by the day they began. */
import { view } from '#projections/index.js';
import type { CampaignEvent } from '../events.js';

type Launched = Extract<CampaignEvent, { type: 'CampaignLaunched' }>['data'];

export type Campaign = Launched & { readonly campaignId: string; readonly endedOn?: string };

export type CampaignStanding = 'running' | 'ended';

/** The list of all campaigns, or of those that run or have ended. */
export const campaignList = (standing?: CampaignStanding): string => standing ?? 'all';

const PREFIX = 'campaign-';

export const campaignsView = view<Campaign, CampaignEvent>({
  name: 'campaigns',
  version: '1',
  on: {
    CampaignLaunched: (_before, { stream, data }) => ({ ...data, campaignId: stream.slice(PREFIX.length) }),
    CampaignEnded: (before, { data }) => (before === null ? null : { ...before, endedOn: data.endedOn }),
  },
  lists: ({ startsOn, endedOn }) => [
    { list: campaignList(), sort: startsOn },
    { list: campaignList(endedOn === undefined ? 'running' : 'ended'), sort: startsOn },
  ],
});
