import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, DomainError, evolve } from '#kernel';
import { given, NOW } from '#test/support/given.js';
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

const winBack = (returnedOn: string, offer?: string): DefectionCommand => ({
  type: 'WinBack',
  data: { defectionId: 'd1', returnedOn, ...(offer !== undefined && { offer }) },
});

const stateAfter = (events: readonly Seen[]): DefectionState =>
  events.reduce<DefectionState>(
    (state, event) => evolve(defection, state, event, NOW),
    defection.initialState,
  );

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

  it('ends with the return, and not before it began', () => {
    given(defection, registered, defected).when(winBack('2026-05-01')).then(wonBack);
    given(defection, registered, defected, wonBack).when(winBack('2026-05-01')).then();
    given(defection, registered, defected).when(winBack('2026-02-28')).isRefused('win_back.too_early');
    given(defection, registered).when(winBack('2026-05-01')).isRefused('defection.not_found');
  });

  it('has its return corrected by another one, in its day and in what brought it about', () => {
    const corrected = (data: { returnedOn: string; offer?: string }): DefectionEvent => ({
      type: 'CustomerWonBack',
      data: { defectionId: 'd1', ...data },
    });
    const back = given(defection, registered, defected, wonBack);
    back.when(winBack('2026-06-01')).then(corrected({ returnedOn: '2026-06-01' }));
    back
      .when(winBack('2026-05-01', 'half-price-year'))
      .then(corrected({ returnedOn: '2026-05-01', offer: 'half-price-year' }));
    given(defection, registered, defected, corrected({ returnedOn: '2026-05-01', offer: 'gift' }))
      .when(winBack('2026-05-01'))
      .then();
    back.when(winBack('2026-02-28')).isRefused('win_back.too_early');
  });

  it('has its return before the customer left again', () => {
    const again: DefectionEvent = {
      type: 'CustomerDefected',
      data: { defectionId: 'd2', effectiveOn: '2026-07-01', reason: 'price' },
    };
    const twice = given(defection, registered, defected, wonBack, again);
    twice.when(winBack('2026-07-01')).isRefused('win_back.too_late');
    twice.when(winBack('2026-06-30')).decides('CustomerWonBack');
  });
});

describe('a defection that is retracted', () => {
  const retract = { type: 'RetractDefection', data: { defectionId: 'd1', reason: 'typo' } } as const;
  const retracted: DefectionEvent = { type: 'DefectionRetracted', data: retract.data };

  it('is retracted once, won back or not', () => {
    given(defection, registered, defected).when(retract).then(retracted);
    given(defection, registered, defected, wonBack).when(retract).then(retracted);
    given(defection, registered, defected, retracted).when(retract).then();
    given(defection, registered).when(retract).isRefused('defection.not_found');
  });

  it('is in the way of no other, and nothing more is said about it', () => {
    const gone = given(defection, registered, defected, retracted);
    gone.when(declare('d2', '2026-02-01')).decides('CustomerDefected');
    gone.when(winBack('2026-05-01')).isRefused('defection.retracted');
    const again: DefectionEvent = {
      type: 'CustomerDefected',
      data: { defectionId: 'd2', effectiveOn: '2026-07-01', reason: 'price' },
    };
    given(defection, registered, defected, wonBack, again, {
      type: 'DefectionRetracted',
      data: { defectionId: 'd2', reason: 'typo' },
    })
      .when(winBack('2026-08-01'))
      .decides('CustomerWonBack');
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
  id.map((defectionId) => ({
    type: 'RetractDefection' as const,
    data: { defectionId, reason: 'typo' },
  })),
  fc.record({
    type: fc.constant('WinBack' as const),
    data: fc.record(
      { defectionId: id, returnedOn: day, offer: fc.constantFrom('gift', 'rebate') },
      { requiredKeys: ['defectionId', 'returnedOn'] },
    ),
  }),
);

/** Null where the command is refused. */
function decidedBy(command: DefectionCommand, state: DefectionState): readonly DefectionEvent[] | null {
  try {
    return decide(defection, command, state, NOW);
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
            ({ winBack, retracted }) => winBack === null && !retracted,
          );
          expect(open.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
