/**
 * The rules of campaigns. A campaign is launched once under its id and ended once, not before it began.
 */
import { canonicalJson, DomainError, streamNamed, type Decider, type StreamName } from '#kernel';
import type { CampaignEvent } from './events.js';

type Named<K extends CampaignEvent['type']> = Extract<CampaignEvent, { type: K }>;
type Campaign = Named<'CampaignLaunched'>['data'];

export type CampaignCommand =
  | { readonly type: 'LaunchCampaign'; readonly data: Campaign }
  | { readonly type: 'EndCampaign'; readonly data: Named<'CampaignEnded'>['data'] };

export type CampaignState =
  | { readonly is: 'unknown' }
  | { readonly is: 'running'; readonly campaign: Campaign }
  | { readonly is: 'ended'; readonly campaign: Campaign; readonly endedOn: string };

export const campaignStream = (campaignId: string): StreamName => streamNamed(`campaign-${campaignId}`);

export const campaign: Decider<CampaignState, CampaignCommand, CampaignEvent> = {
  name: 'campaign',
  initialState: { is: 'unknown' },

  decide: {
    LaunchCampaign({ data }, state) {
      if (data.endsOn !== undefined && data.endsOn < data.startsOn)
        throw new DomainError('campaign.ends_before_start', 'endsOn is before startsOn.', 'invalid');
      if (state.is === 'unknown') return [{ type: 'CampaignLaunched', data }];
      if (canonicalJson(state.campaign) === canonicalJson(data)) return [];
      throw new DomainError(
        'campaign.exists',
        'Another campaign was launched under this id. Choose another.',
      );
    },

    EndCampaign({ data }, state) {
      if (state.is === 'unknown')
        throw new DomainError(
          'campaign.not_found',
          'There is no such campaign. Launch it first.',
          'not_found',
        );
      if (state.is === 'running') {
        if (data.endedOn < state.campaign.startsOn)
          throw new DomainError(
            'campaign.ends_before_start',
            `The campaign began on ${state.campaign.startsOn}. It cannot end before that.`,
          );
        return [{ type: 'CampaignEnded', data }];
      }
      if (state.endedOn === data.endedOn) return [];
      throw new DomainError('campaign.ended', `This campaign ended on ${state.endedOn}.`);
    },
  },

  evolve: {
    CampaignLaunched: (_state, launched) => ({ is: 'running', campaign: launched }),
    CampaignEnded: (state, { endedOn }) =>
      state.is === 'unknown' ? state : { is: 'ended', campaign: state.campaign, endedOn },
  },
};
