import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, evolve } from '#kernel';
import type { LedgerEvent } from '#ledger/index.js';
import type { StandingEvent } from '#customers/events.js';
import { given, NOW } from '#test/support/given.js';
import type { RiskEvent } from './events.js';
import { risk, type RiskCommand, type RiskState } from './risk.js';

const registered: LedgerEvent = {
  type: 'CustomerRegistered',
  data: { kind: 'person', relationship: 'customer' },
};
const erased: LedgerEvent = { type: 'CustomerErased', data: { reason: 'request' } };
const bought = (touchpointId: string): LedgerEvent => ({
  type: 'PurchaseRecorded',
  data: { touchpointId, amount: { minor: 1000, currency: 'GBP' } },
});
const wrote: StandingEvent | { type: 'NoteAdded'; data: object } = { type: 'NoteAdded', data: {} };

const silence = {
  lastOccasionOn: '2026-01-10',
  atRiskOn: '2026-04-10',
  lostFrom: '2026-07-09',
  definitionVersion: 0,
  inactivityDays: 180,
  atRiskDays: 90,
};
const later = {
  ...silence,
  lastOccasionOn: '2026-05-01',
  atRiskOn: '2026-07-30',
  lostFrom: '2026-10-28',
};

const atRisk = (data: RiskEvent['data'] = silence): RiskEvent => ({ type: 'CustomerBecameAtRisk', data });
const mark = (seen: number, data = silence, today = data.atRiskOn): RiskCommand => ({
  type: 'MarkCustomerAtRisk',
  data,
  today,
  seen,
});

describe('a customer comes to be at risk', () => {
  it('on the first day at risk and on every day until it counts as lost', () => {
    given(risk, registered, bought('p1')).when(mark(2)).then(atRisk());
    given(risk, registered, bought('p1'))
      .when(mark(2, silence, '2026-07-08'))
      .then(atRisk());
  });

  it('not before, and not once it counts as lost', () => {
    given(risk, registered, bought('p1'))
      .when(mark(2, silence, '2026-04-09'))
      .then();
    given(risk, registered, bought('p1'))
      .when(mark(2, silence, '2026-07-09'))
      .then();
  });

  it('not where it has bought since, or anything else was counted since', () => {
    given(risk, registered, bought('p1'), bought('p2')).when(mark(2)).then();
    given(risk, registered).when(mark(2)).then(); // nor where this log is not the one that was counted
  });

  it('though it was written to since, which is no purchase', () => {
    given(risk, registered, bought('p1'), wrote).when(mark(2)).then(atRisk());
  });

  it('not where nobody is registered, or where the person was erased', () => {
    given(risk).when(mark(0)).then();
    given(risk, registered, bought('p1'), erased).when(mark(3)).then();
    given(risk, { type: 'ExternalIdClaimed', data: { source: 'shop', holder: 'c2' } })
      .when(mark(0))
      .then();
  });

  it('once in a silence, and again in the one after the next purchase', () => {
    given(risk, registered, bought('p1'), atRisk()).when(mark(3)).then();
    given(risk, registered, bought('p1'), atRisk(), bought('p2')).when(mark(4, later)).then(atRisk(later));
  });

  it('not again where that later purchase is taken back', () => {
    const retracted: LedgerEvent = {
      type: 'TouchpointRetracted',
      data: { touchpointId: 'p2', reason: 'typo' },
    };
    given(risk, registered, bought('p1'), atRisk(), bought('p2'), atRisk(later), retracted)
      .when(mark(6, silence, '2026-06-01'))
      .then();
  });

  it('not again where another zone has the same purchase on the day before', () => {
    const elsewhere = { ...silence, lastOccasionOn: '2026-01-09', definitionVersion: 1 };
    given(risk, registered, bought('p1'), atRisk()).when(mark(3, elsewhere)).then();
  });

  it('again after a purchase of the next day, where a day of silence is a risk', () => {
    const hasty = { ...silence, atRiskDays: 1, atRiskOn: '2026-01-11' };
    const next = { ...hasty, lastOccasionOn: '2026-01-11', atRiskOn: '2026-01-12' };
    given(risk, registered, bought('p1'), atRisk(hasty), bought('p2')).when(mark(4, next)).then(atRisk(next));
  });
});

const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-02-${String(n).padStart(2, '0')}`);
const step = fc.oneof(
  fc.constantFrom<LedgerEvent>(bought('p'), erased),
  fc.record({
    data: day.map((lastOccasionOn) => ({ ...silence, lastOccasionOn })),
    behind: fc.constantFrom(0, 0, 0, 1),
  }),
);

describe('every command', () => {
  it('decides nothing new the second time, and records a silence once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let state: RiskState = evolve(risk, risk.initialState, registered, NOW);
        const recorded: string[] = [];
        for (const one of steps) {
          if ('type' in one) {
            state = evolve(risk, state, one, NOW);
            continue;
          }
          const command = mark(state.seen - one.behind, one.data);
          for (const event of decide(risk, command, state, NOW)) {
            state = evolve(risk, state, event, NOW);
            recorded.push(event.data.lastOccasionOn);
          }
          expect(decide(risk, command, state, NOW)).toEqual([]);
          if (one.behind === 0)
            expect(decide(risk, { ...command, seen: state.seen }, state, NOW)).toEqual([]);
        }
        expect(new Set(recorded).size).toBe(recorded.length);
      }),
    );
  });
});
