import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decided, twiceEach } from '#test/support/decided.js';
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

const when = (given: readonly CampaignEvent[], command: CampaignCommand) => decided(campaign, given, command);

describe('a campaign', () => {
  it('is launched once under its id', () => {
    expect(when([], launch())).toEqual([launched]);
    expect(when([launched], launch())).toEqual([]);
    expect(when([launched], launch({ name: 'Autumn' }))).toBe('campaign.exists');
    expect(when([launched, ended], launch())).toEqual([]);
  });

  it('ends once, and not before it began', () => {
    expect(when([launched], end('2026-04-01'))).toEqual([ended]);
    expect(when([launched, ended], end('2026-04-01'))).toEqual([]);
    expect(when([launched, ended], end('2026-05-01'))).toBe('campaign.ended');
    expect(when([launched], end('2026-02-28'))).toBe('campaign.ends_before_start');
    expect(when([], launch({ endsOn: '2026-02-28' }))).toBe('campaign.ends_before_start');
    expect(when([], end('2026-04-01'))).toBe('campaign.not_found');
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
