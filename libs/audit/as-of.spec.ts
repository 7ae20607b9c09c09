import { describe, expect, it } from '@jest/globals';
import { instant, streamNamed, type DomainEvent, type Recorded } from '#kernel';
import { eventsAsOf, type AsOf } from './as-of.js';

const day = (date: number) => instant(Date.UTC(2026, 2, date));

let revision = -1n;
/** An event recorded on a day of March about something that happened on a day of March. */
function on(recorded: number, occurred: number, event: DomainEvent): Recorded {
  revision++;
  return {
    ...event,
    id: `event-${revision}`,
    stream: streamNamed('customer-12345678'),
    revision,
    position: revision + 10n,
    schema: 1,
    occurredAt: day(occurred),
    recordedAt: day(recorded),
    actor: { id: 'someone', role: 'back-office' },
    commandId: 'c',
    correlationId: 'c',
    causationId: 'c',
    hash: '',
  };
}

const registered = on(1, 1, { type: 'CustomerRegistered', data: {} });
const basic = on(4, 4, { type: 'MarketSegmentAssigned', data: { segment: 'basic' } });
const premiumSinceThe2nd = on(5, 2, { type: 'MarketSegmentAssigned', data: { segment: 'premium' } });
const call = on(6, 6, { type: 'InteractionRecorded', data: { touchpointId: 'call' } });
const callWasOnThe3rd = on(8, 8, {
  type: 'TouchpointCorrected',
  data: { touchpointId: 'call', occurredAt: day(3) },
});
const note = on(9, 9, { type: 'NoteAdded', data: { touchpointId: 'note' } });
const noteRetracted = on(10, 10, { type: 'TouchpointRetracted', data: { touchpointId: 'note' } });
const history = [registered, basic, premiumSinceThe2nd, call, callWasOnThe3rd, note, noteRetracted];

const asOf = (time: AsOf): string[] => eventsAsOf(history, time).map(({ id }) => id);
const ids = (...events: Recorded[]): string[] => events.map(({ id }) => id);

describe('as it was known', () => {
  it('counts what had been recorded by then, in the order of recording', () => {
    expect(asOf({ kind: 'known', at: day(5) })).toEqual(ids(registered, basic, premiumSinceThe2nd));
    expect(asOf({ kind: 'known', at: day(4) })).toEqual(ids(registered, basic));
  });

  it('knows nothing before the first event', () => {
    expect(eventsAsOf(history, { kind: 'known', at: instant(0) })).toEqual([]);
  });
});

describe('as it truly was', () => {
  it('counts what had happened by then, whenever it was recorded, in the order in which it happened', () => {
    expect(asOf({ kind: 'true', at: day(2) })).toEqual(ids(registered, premiumSinceThe2nd));
    expect(asOf({ kind: 'true', at: day(5) }).slice(-1)).toEqual(ids(basic));
  });

  it('places a touchpoint where its correction says, with the correction', () => {
    expect(asOf({ kind: 'true', at: day(3) })).toEqual(
      ids(registered, premiumSinceThe2nd, call, callWasOnThe3rd),
    );
  });

  it('knows of a retraction from the beginning of the touchpoint', () => {
    expect(asOf({ kind: 'true', at: day(8) })).not.toContain(note.id);
    expect(asOf({ kind: 'true', at: day(9) }).slice(-2)).toEqual(ids(note, noteRetracted));
  });
});

it('as of a position is everything up to it', () => {
  expect(asOf({ kind: 'position', position: call.position })).toEqual(
    ids(registered, basic, premiumSinceThe2nd, call),
  );
});

it('as of now is everything', () => {
  expect(asOf({ kind: 'now' })).toHaveLength(history.length);
});
