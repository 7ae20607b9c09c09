import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, DomainError, evolve } from '#kernel';
import { given } from '#test/support/given.js';
import type { StandingEvent } from '#customers/events.js';
import { defection, type DefectionCommand, type DefectionState } from './defection.js';
import type { DefectionEvent } from './events.js';

type Seen = DefectionEvent | StandingEvent;

const registered: Seen = {
  type: 'CustomerRegistered',
  data: { kind: 'organisation', relationship: 'customer' },
};
const defected: DefectionEvent = {
  type: 'CustomerDefected',
  data: { defectionId: 'd1', effectiveOn: '2026-03-01', reason: 'price' },
};
const wonBack: DefectionEvent = {
  type: 'CustomerWonBack',
  data: { defectionId: 'd1', returnedOn: '2026-05-01' },
};

const declare = (defectionId: string, effectiveOn: string): DefectionCommand => ({
  type: 'DeclareDefection',
  data: { defectionId, effectiveOn, reason: 'price' },
});

const stateAfter = (events: readonly Seen[]): DefectionState =>
  events.reduce<DefectionState>((state, event) => evolve(defection, state, event), defection.initialState);

describe('a defection', () => {
  it('is declared of a registered customer', () => {
    given(defection, registered).when(declare('d1', '2026-03-01')).then(defected);
    given(defection, registered, defected).when(declare('d1', '2026-03-01')).then();
  });

  it('is not declared of nobody, nor of someone who was erased', () => {
    given(defection).when(declare('d1', '2026-03-01')).isRefused('customer.not_found');
    const erased: Seen = { type: 'CustomerErased', data: { reason: 'request' } };
    given(defection, registered, erased).when(declare('d1', '2026-03-01')).isRefused('customer.erased');
  });

  it('is one at a time', () => {
    given(defection, registered, defected).when(declare('d2', '2026-04-01')).isRefused('defection.open');
    given(defection, registered, defected, wonBack)
      .when(declare('d2', '2026-06-01'))
      .decides('CustomerDefected');
  });

  it('begins after the return from the one before', () => {
    given(defection, registered, defected, wonBack)
      .when(declare('d2', '2026-05-01'))
      .isRefused('defection.too_early');
  });

  it('has its interviews recorded, each once', () => {
    const said = { defectionId: 'd1', reasons: ['price', 'service'] };
    const heard: DefectionEvent = { type: 'DefectionInterviewed', data: said };
    const again: DefectionEvent = { type: 'DefectionInterviewed', data: { ...said, staff: 'ada' } };
    given(defection, registered, defected).when({ type: 'RecordInterview', data: said }).then(heard);
    given(defection, registered, defected, heard).when({ type: 'RecordInterview', data: said }).then();
    given(defection, registered, defected, heard)
      .when({ type: 'RecordInterview', data: again.data })
      .then(again);
  });

  it('has one root cause, which may be attributed anew', () => {
    const attributed = (cause: string) =>
      ({ type: 'RootCauseAttributed', data: { defectionId: 'd1', cause, controllable: true } }) as const;
    const attribute = (cause: string) =>
      ({ type: 'AttributeRootCause', data: attributed(cause).data }) as const;
    const [billing, late] = [attributed('billing_errors'), attributed('late_delivery')];
    given(defection, registered, defected).when(attribute('billing_errors')).then(billing);
    given(defection, registered, defected, billing).when(attribute('billing_errors')).then();
    given(defection, registered, defected, billing).when(attribute('late_delivery')).then(late);
  });

  it('ends with the return, once, and not before it began', () => {
    const winBack = (returnedOn: string) =>
      ({ type: 'WinBack', data: { defectionId: 'd1', returnedOn } }) as const;
    given(defection, registered, defected).when(winBack('2026-05-01')).then(wonBack);
    given(defection, registered, defected, wonBack).when(winBack('2026-05-01')).then();
    given(defection, registered, defected, wonBack)
      .when(winBack('2026-06-01'))
      .isRefused('defection.won_back');
    given(defection, registered, defected).when(winBack('2026-02-28')).isRefused('win_back.too_early');
    given(defection, registered).when(winBack('2026-05-01')).isRefused('defection.not_found');
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

/** Null where the command is refused. */
function decidedBy(command: DefectionCommand, state: DefectionState): readonly DefectionEvent[] | null {
  try {
    return decide(defection, command, state);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

describe('every command', () => {
  it('decides nothing new the second time, and leaves at most one defection open', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        const history: Seen[] = [registered];
        for (const one of commands) {
          const decided = decidedBy(one, stateAfter(history));
          if (decided === null) continue;
          history.push(...decided);
          expect(decidedBy(one, stateAfter(history))).toEqual([]);
          const open = Object.values(stateAfter(history).defections).filter(
            ({ returnedOn }) => returnedOn === null,
          );
          expect(open.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
