import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { customerStream, type CustomerId, type Instant, type Recorded } from '#kernel';
import type { CustomerEvent, Profile } from '../events.js';
import { profileView } from './profile.js';

const view = profileView((value) => value);
const stream = customerStream('01890a5d-ac96-774b-bcce-b302099a8057' as CustomerId);

type Dated = readonly [day: string, event: CustomerEvent];

const recorded = ([day, event]: Dated, at: number): Recorded<CustomerEvent> => ({
  ...event,
  id: String(at),
  stream,
  revision: BigInt(at),
  position: BigInt(at),
  schema: 1,
  occurredAt: `${day}T12:00:00.000Z` as Instant,
  recordedAt: '2026-11-01T00:00:00.000Z' as Instant,
  actor: { id: 'test', role: 'back-office' },
  commandId: String(at),
  correlationId: 'c',
  causationId: 'c',
  hash: 'h',
});

function fold(events: readonly Dated[]): Profile {
  let profile: Profile | null = null;
  for (const [at, event] of events.entries()) {
    const one = recorded(event, at);
    type Fold = (before: Profile | null, event: Recorded<CustomerEvent>) => Profile | null;
    profile = (view.on![one.type] as Fold)(profile, one);
  }
  return profile!;
}

const registered = (name: string): CustomerEvent => ({
  type: 'CustomerRegistered',
  data: { kind: 'person', relationship: 'prospect', name },
});
const tag = (type: 'TagAdded' | 'TagRemoved', day: string): Dated => [day, { type, data: { tag: 'vip' } }];

describe('a profile', () => {
  it('shows what is so from the latest day on, however late an older fact arrives', () => {
    const profile = fold([
      ['2026-01-01', registered('Ada')],
      ['2026-06-01', { type: 'MarketSegmentAssigned', data: { segment: 'gold' } }],
      ['2019-03-01', { type: 'MarketSegmentAssigned', data: { segment: 'bronze' } }],
      ['2026-06-01', { type: 'RegionAssigned', data: { region: 'north' } }],
      ['2019-03-01', { type: 'RegionAssigned', data: { region: 'south' } }],
      ['2026-06-01', { type: 'BusinessUnitAssigned', data: { unit: 'retail' } }],
      ['2019-03-01', { type: 'BusinessUnitAssigned', data: { unit: 'trade' } }],
      ['2026-06-01', { type: 'ProfileCorrected', data: { name: 'Ada King', relationship: 'customer' } }],
      ['2019-03-01', { type: 'ProfileCorrected', data: { name: 'Ada Byron', relationship: 'prospect' } }],
    ]);
    expect(profile).toMatchObject({
      segment: 'gold',
      region: 'north',
      unit: 'retail',
      relationship: 'customer',
      personal: { name: 'Ada King' },
    });
    expect(view.lists!(profile).map(({ list }) => list)).toEqual([
      'all',
      'segment:gold',
      'unit:retail',
      'region:north',
    ]);
  });

  it('has a tag once, and not where it was taken off later', () => {
    const tagged = (...events: Dated[]): readonly string[] =>
      fold([['2026-01-01', registered('Ada')], ...events]).tags;
    expect(tagged(tag('TagAdded', '2026-03-01'), tag('TagAdded', '2026-02-01'))).toEqual(['vip']);
    expect(tagged(tag('TagRemoved', '2026-03-01'), tag('TagAdded', '2026-02-01'))).toEqual([]);
    expect(tagged(tag('TagAdded', '2026-03-01'), tag('TagRemoved', '2026-02-01'))).toEqual(['vip']);
    expect(tagged(tag('TagAdded', '2026-03-01'), tag('TagRemoved', '2026-03-01'))).toEqual([]);
  });

  it('takes every code for a tag, also one that objects have a member of', () => {
    const profile = fold([['2026-03-01', { type: 'TagAdded', data: { tag: 'constructor' } }]]);
    expect(profile.tags).toEqual(['constructor']);
  });

  it('keeps what is dated before the registration', () => {
    const profile = fold([
      ['2025-01-01', { type: 'ContactPointAdded', data: { contactPointId: 'c', medium: 'phone', value: '+4479' } }],
      ['2025-01-01', { type: 'ExternalIdLinked', data: { source: 'shop', value: '1' } }],
      ['2026-01-01', registered('Ada')],
    ]); // prettier-ignore
    expect(profile.personal).toMatchObject({
      name: 'Ada',
      contactPoints: [{ contactPointId: 'c' }],
      externalIds: [{ source: 'shop' }],
    });
  });

  it('of an erased customer is the same as if nobody had ever known the name', () => {
    const erased: Dated = ['2026-06-01', { type: 'CustomerErased', data: { reason: 'request' } }];
    const nameless: Dated = ['2026-01-01', { type: 'CustomerRegistered', data: { kind: 'person', relationship: 'prospect' } }]; // prettier-ignore
    expect(JSON.stringify(fold([['2026-01-01', registered('Ada')], erased]))).toBe(
      JSON.stringify(fold([nameless, erased])),
    );
  });

  it('is the same in whatever order facts of different days arrive', () => {
    const facts: Dated[] = [
      ['2026-01-01', registered('Ada')],
      ['2026-02-01', { type: 'ProfileCorrected', data: { name: 'Ada King' } }],
      ['2026-03-01', { type: 'MarketSegmentAssigned', data: { segment: 'gold' } }],
      ['2026-04-01', { type: 'MarketSegmentAssigned', data: { segment: 'silver' } }],
      tag('TagAdded', '2026-05-01'),
      tag('TagRemoved', '2026-06-01'),
      tag('TagAdded', '2026-07-01'),
    ];
    const shuffled = fc.shuffledSubarray(facts, { minLength: facts.length });
    fc.assert(fc.property(shuffled, (events) => expect(fold(events)).toEqual(fold(facts))));
  });
});
