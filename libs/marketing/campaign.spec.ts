import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given } from '#test/support/given.js';
import { twiceEach } from '#test/support/twice-each.js';
import { campaign, type CampaignCommand } from './campaign.js';
import type { CampaignEvent } from './events.js';

const spring = { name: 'Spring', purpose: 'acquisition', startsOn: '2026-03-01' } as const;
const launch = (changes: object = {}): CampaignCommand => ({
  type: 'LaunchCampaign',
  data: { ...spring, ...changes },
});
const end = (endedOn: string): CampaignCommand => ({ type: 'EndCampaign', data: { endedOn } });
const launched: CampaignEvent = { type: 'CampaignLaunched', data: spring };
const ended: CampaignEvent = { type: 'CampaignEnded', data: { endedOn: '2026-04-01' } };

describe('a campaign', () => {
  it('is launched once under its id', () => {
    given(campaign).when(launch()).then(launched);
    given(campaign, launched).when(launch()).then();
    given(campaign, launched)
      .when(launch({ name: 'Autumn' }))
      .isRefused('campaign.exists');
    given(campaign, launched, ended).when(launch()).then();
  });

  it('ends once, and not before it began', () => {
    given(campaign, launched).when(end('2026-04-01')).then(ended);
    given(campaign, launched, ended).when(end('2026-04-01')).then();
    given(campaign, launched, ended).when(end('2026-05-01')).isRefused('campaign.ended');
    given(campaign, launched).when(end('2026-02-28')).isRefused('campaign.ends_before_start');
    given(campaign)
      .when(launch({ endsOn: '2026-02-28' }))
      .isRefused('campaign.ends_before_start');
    given(campaign).when(end('2026-04-01')).isRefused('campaign.not_found');
  });

  it('decides nothing new when a command comes twice', () => {
    const day = fc.constantFrom('2026-02-01', '2026-03-01', '2026-04-01');
    const command = fc.oneof(
      day.map(end),
      fc.record({ startsOn: day, name: fc.constantFrom('Spring', 'Autumn') }).map(launch),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        expect(twiceEach(campaign, commands).length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
