/** The comparer finds what differs, shrinks it, and finds nothing where nothing differs. */
import { describe, expect, it } from '@jest/globals';
import { ask } from './ask.js';
import { compareWithReference, differencesOf, type Subject } from './compare.js';
import { ZONES, eventsOf, histories } from './histories.js';
import type { RecordedEvent } from './events.js';
import fc from 'fast-check';

/** The reference itself, of events changed beforehand. */
const reference = (changed: (events: readonly RecordedEvent[]) => readonly RecordedEvent[]) => {
  let kept: readonly RecordedEvent[] = [];
  return async (): Promise<Subject> => ({
    record: async (events) => {
      kept = changed(events);
    },
    ask: async (query) => ask(kept, query),
    end: async () => {
      kept = [];
    },
  });
};

describe('the comparer', () => {
  it('finds no difference between the reference and itself', async () => {
    expect(
      await compareWithReference(
        reference((events) => events),
        { seed: 1, histories: 20, queries: 5 },
      ),
    ).toBeNull();
  });

  it('shrinks to a purchase and its refund where a subject forgets refunds', async () => {
    const forgets = reference((events) => events.filter(({ type }) => type !== 'PurchaseRefunded'));
    const found = await compareWithReference(forgets, { seed: 7, histories: 300, queries: 3 });
    expect(found?.events.map(({ type }) => type)).toEqual([
      'CustomerRegistered',
      'PurchaseRecorded',
      'PurchaseRefunded',
    ]);
    expect(found?.differences.length).toBeGreaterThan(0);
  });

  it('names the place of a difference, and passes over what a subject leaves out', () => {
    const [one, other] = [
      { n: 1, items: [{ kept: 1, lost: 0 }] },
      { items: [{ kept: 2, lost: 0, more: 1 }] },
    ];
    expect(differencesOf(one, other)).toEqual([{ at: 'items[0].kept', reference: 1, subject: 2 }]);
    expect(differencesOf([1], [1, 2])).toEqual([{ at: '[1]', reference: undefined, subject: 2 }]);
    expect(differencesOf(null, 0)).toHaveLength(1);
  });
});

describe('histories', () => {
  const drawn = fc.sample(histories(), { seed: 1, numRuns: 300 });
  const events = drawn.flatMap(eventsOf);

  it('are the same for the same seed', () => {
    expect(fc.sample(histories(), { seed: 1, numRuns: 300 })).toEqual(drawn);
  });

  it('have every kind of event, in every zone, with late ones and two currencies', () => {
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual([
      'BusinessUnitAssigned',
      'CancellationWithdrawn',
      'CustomerDefected',
      'CustomerErased',
      'CustomerRegistered',
      'CustomerWonBack',
      'DefectionRetracted',
      'MarketSegmentAssigned',
      'MarketingSpendRecorded',
      'OwnerAssigned',
      'ProfileCorrected',
      'PurchaseRecorded',
      'PurchaseRefunded',
      'RegionAssigned',
      'RootCauseAttributed',
      'SubscriptionCancelled',
      'SubscriptionChanged',
      'SubscriptionRenewed',
      'SubscriptionRetracted',
      'SubscriptionStarted',
      'TagAdded',
      'TagRemoved',
      'TouchpointCorrected',
      'TouchpointRetracted',
    ]);
    expect(new Set(drawn.map(({ zone }) => zone))).toEqual(new Set(ZONES));
    expect(events.some(({ occurredAt, recordedAt }) => occurredAt < recordedAt)).toBe(true);
    expect(JSON.stringify(events.map(({ data }) => data))).toContain('EUR');
  });

  it('record nothing before it occurred', () => {
    expect(events.filter(({ occurredAt, recordedAt }) => occurredAt > recordedAt)).toEqual([]);
  });
});
