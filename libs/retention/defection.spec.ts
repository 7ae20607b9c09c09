import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, DomainError, evolve, given } from '#kernel';
import type { StandingEvent } from '#customers/events.js';
import type { DefectionCommand } from './commands.js';
import { defection, type DefectionState } from './defection.js';
import type { DefectionEvent } from './events.js';

type Seen = DefectionEvent | StandingEvent;

const registered: Seen = {
  type: 'CustomerRegistered',
  data: { kind: 'organisation', relationship: 'customer' },
};
const defected: Seen = {
  type: 'CustomerDefected',
  data: { defectionId: 'd1', effectiveOn: '2026-03-01', reason: 'price' },
};
const wonBack: Seen = { type: 'CustomerWonBack', data: { defectionId: 'd1', returnedOn: '2026-05-01' } };

const declare = (defectionId: string, effectiveOn: string): DefectionCommand => ({
  type: 'DeclareDefection',
  data: { defectionId, effectiveOn, reason: 'price' },
});

const stateAfter = (events: readonly Seen[]): DefectionState =>
  events.reduce<DefectionState>((state, event) => evolve(defection, state, event), defection.initialState);

/** What is decided after these events: the new events, or the code of the refusal. */
function when(events: readonly Seen[], command: DefectionCommand): readonly DefectionEvent[] | string {
  try {
    return decide(defection, command, stateAfter(events));
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

describe('a defection', () => {
  it('is declared of a registered customer', () => {
    expect(when([registered], declare('d1', '2026-03-01'))).toEqual([defected]);
  });

  it('is not declared of nobody, nor of someone who was erased', () => {
    expect(when([], declare('d1', '2026-03-01'))).toBe('customer.not_found');
    const erased: Seen = { type: 'CustomerErased', data: { reason: 'request' } };
    expect(when([registered, erased], declare('d1', '2026-03-01'))).toBe('customer.erased');
  });

  it('is one at a time', () => {
    expect(when([registered, defected], declare('d2', '2026-04-01'))).toBe('defection.open');
    expect(when([registered, defected, wonBack], declare('d2', '2026-06-01'))).toMatchObject([
      { type: 'CustomerDefected' },
    ]);
  });

  it('begins after the return from the one before', () => {
    expect(when([registered, defected, wonBack], declare('d2', '2026-05-01'))).toBe('defection.too_early');
  });

  it('has its interviews recorded, each once', () => {
    const said = { defectionId: 'd1', reasons: ['price', 'service'] };
    const heard: Seen = { type: 'DefectionInterviewed', data: said };
    const record = (staff?: string): DefectionCommand => ({
      type: 'RecordInterview',
      data: { ...said, ...given({ staff }) },
    });
    expect(when([registered, defected], record())).toEqual([heard]);
    expect(when([registered, defected, heard], record())).toEqual([]);
    expect(when([registered, defected, heard], record('ada'))).toHaveLength(1);
  });

  it('has one root cause, which may be attributed anew', () => {
    const attribute = (cause: string): DefectionCommand => ({
      type: 'AttributeRootCause',
      data: { defectionId: 'd1', cause, controllable: true },
    });
    const attributed: Seen = {
      type: 'RootCauseAttributed',
      data: { defectionId: 'd1', cause: 'billing_errors', controllable: true },
    };
    expect(when([registered, defected], attribute('billing_errors'))).toEqual([attributed]);
    expect(when([registered, defected, attributed], attribute('billing_errors'))).toEqual([]);
    expect(when([registered, defected, attributed], attribute('late_delivery'))).toHaveLength(1);
  });

  it('ends with the return, once, and not before it began', () => {
    const winBack = (returnedOn: string): DefectionCommand => ({
      type: 'WinBack',
      data: { defectionId: 'd1', returnedOn },
    });
    expect(when([registered, defected], winBack('2026-05-01'))).toEqual([wonBack]);
    expect(when([registered, defected, wonBack], winBack('2026-05-01'))).toEqual([]);
    expect(when([registered, defected, wonBack], winBack('2026-06-01'))).toBe('defection.won_back');
    expect(when([registered, defected], winBack('2026-02-28'))).toBe('win_back.too_early');
    expect(when([registered], winBack('2026-05-01'))).toBe('defection.not_found');
  });
});

const id = fc.constantFrom('d1', 'd2');
const day = fc.constantFrom('2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01');
const command: fc.Arbitrary<DefectionCommand> = fc.oneof(
  fc.record({
    type: fc.constant('DeclareDefection' as const),
    data: fc.record({ defectionId: id, effectiveOn: day, reason: fc.constantFrom('price', 'unknown') }),
  }),
  fc.record({
    type: fc.constant('RecordInterview' as const),
    data: fc.record({ defectionId: id, reasons: fc.subarray(['price', 'service']) }),
  }),
  fc.record({
    type: fc.constant('AttributeRootCause' as const),
    data: fc.record({
      defectionId: id,
      cause: fc.constantFrom('price', 'service'),
      controllable: fc.boolean(),
    }),
  }),
  fc.record({
    type: fc.constant('WinBack' as const),
    data: fc.record({ defectionId: id, returnedOn: day }),
  }),
);

describe('every command', () => {
  it('decides nothing new the second time, and leaves at most one defection open', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        const history: Seen[] = [registered];
        for (const one of commands) {
          const decided = when(history, one);
          if (typeof decided === 'string') continue;
          history.push(...decided);
          expect(when(history, one)).toEqual([]);
          const open = Object.values(stateAfter(history).defections).filter(
            ({ returnedOn }) => returnedOn === null,
          );
          expect(open.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
