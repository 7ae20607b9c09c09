/** Laws that the reference's own answers keep, on random histories; a slip of the reference would break one of them. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ask, type Query } from './ask.js';
import type { RecordedEvent } from './events.js';
import { eventsOf, histories } from './histories.js';
import { LAST_DAY } from './history-facts.js';
import type { LifecycleRow } from './lifecycle.js';
import { definitionOf, queriesOf } from './queries.js';
import type { RetentionRow } from './retention.js';
import type { RevenueRow } from './revenue.js';

const drawn = fc.tuple(histories(), queriesOf()).map(([history, query]) => ({
  events: eventsOf(history),
  query: { ...query, definition: definitionOf(history.zone) } as Query, // of the same kind as before
}));
const holds = (law: (of: { events: RecordedEvent[]; query: Query }) => void): void =>
  fc.assert(fc.property(drawn, law), { seed: 11, numRuns: 60 });

const window = { start: '2025-06-01', end: '2025-09-01' };

describe('the reference', () => {
  // "Late events are counted when they occurred": the order of recording changes nothing but ties.
  it('answers alike in whatever order customers are recorded', () => {
    holds(({ events, query }) => {
      const streams = [...new Set(events.map(({ stream }) => stream))].reverse();
      const other = streams.flatMap((stream) => events.filter((event) => event.stream === stream));
      expect(ask(other, query)).toEqual(ask(events, query));
    });
  });

  // "As of a day counts exactly what occurred up to the end of that day" (domain.md D3).
  it('answers alike when later events are added, but for the position', () => {
    holds(({ events, query }) => {
      const later = `${LAST_DAY.slice(0, 4)}-12-31T12:00:00.000Z`;
      const erased = {
        type: 'CustomerErased',
        data: { reason: 'request' },
        occurredAt: later,
        recordedAt: later,
      };
      const added = [...new Set(events.map(({ stream }) => stream))].map((stream) => ({
        ...erased,
        stream,
        position: 0n,
        revision: 999n,
      }));
      expect(ask([...events, ...added], query)).toEqual(ask(events, query));
    });
  });

  // "Identities present at start and end": everyone is kept, lost, new or returning.
  it('loses nobody between the start and the end of a window', () => {
    holds(({ events, query }) => {
      const asked = { ...query, of: 'retention', by: null, windows: [window], asOf: LAST_DAY } as Query; // fields it has
      for (const row of ask(events, asked).items as RetentionRow[]) {
        expect(row.kept + row.lost).toBe(row.customersAtStart);
        expect(row.kept + row.new + row.returning).toBe(row.customersAtEnd);
      }
    });
  });

  // Groups that do not overlap share out the whole.
  it('splits revenue by segment without losing any of it', () => {
    holds(({ events, query }) => {
      const of = (by: 'segment' | 'product' | null) => {
        const asked = { ...query, of: 'revenue', by, window, period: 'year', asOf: LAST_DAY } as Query; // fields it has
        return (ask(events, asked).items as RevenueRow[]).reduce((sum, { revenue }) => sum + revenue, 0);
      };
      expect(of('segment')).toBe(of(null));
      expect(of('product')).toBe(of(null));
    });
  });

  // The state at a window's ends and retention tell of the same customers.
  it('counts as many customers in the lifecycle as in retention', () => {
    holds(({ events, query }) => {
      const asOf = '2025-08-31';
      const states = ask(events, { ...query, of: 'lifecycle', by: null, asOf } as Query)
        .items as LifecycleRow[];
      const there = states.filter(({ state }) => ['active', 'at_risk', 'won_back'].includes(state));
      const asked = { ...query, of: 'retention', by: null, windows: [window], asOf } as Query; // as above
      const [row] = ask(events, asked).items as RetentionRow[];
      expect(row?.customersAtEnd).toBe(there.length);
    });
  });
});
