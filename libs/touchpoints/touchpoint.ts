/**
 * The rules of touchpoints. Anything may be recorded of a registered customer; a correction or a retraction
 * names a touchpoint that is there, and corrects only what that kind of touchpoint has; refunds never come to
 * more than the purchase.
 */
import { Map } from 'immutable';
import { DomainError, given, type Decider, type Money } from '#kernel';
import { mustStand, standingRules, UNKNOWN, type Standing, type StandingEvent } from '#customers/events.js';
import type { TouchpointEvent } from './events.js';

type Named<K extends TouchpointEvent['type']> = Extract<TouchpointEvent, { type: K }>;

/** A command carries the data of the event it asks for; ids come in with it. */
type Asks<K extends string, E extends TouchpointEvent['type']> = {
  readonly type: K;
  readonly data: Named<E>['data'];
};

export type TouchpointCommand =
  | Asks<'RecordInteraction', 'InteractionRecorded'>
  | Asks<'AddNote', 'NoteAdded'>
  | Asks<'ReceiveFeedback', 'FeedbackReceived'>
  | Asks<'CaptureMention', 'MentionCaptured'>
  | Asks<'RecordPurchase', 'PurchaseRecorded'>
  | Asks<'RefundPurchase', 'PurchaseRefunded'>
  | Asks<'CorrectTouchpoint', 'TouchpointCorrected'>
  | Asks<'RetractTouchpoint', 'TouchpointRetracted'>;

export type TouchpointKind = 'interaction' | 'note' | 'feedback' | 'mention' | 'purchase' | 'refund';

type Recorded =
  | { readonly kind: Exclude<TouchpointKind, 'purchase' | 'refund'>; readonly retracted: boolean }
  | {
      readonly kind: 'purchase';
      readonly retracted: boolean;
      readonly amount: Money;
      readonly refunded: number;
    }
  | { readonly kind: 'refund'; readonly retracted: boolean; readonly of: string; readonly amount: Money };

export interface TouchpointState {
  readonly standing: Standing;
  /** Shares what it has in common with the states before it: there may be ten thousand. */
  readonly touchpoints: Map<string, Recorded>;
}

type Correctable = Exclude<keyof Named<'TouchpointCorrected'>['data'], 'touchpointId' | 'reason'>;

/** Least and most score of a survey; free text has none to speak of. */
const SCORES = { nps: [0, 10], csat: [1, 5], free_text: [0, 10] } as const;

/** What a correction may change, by kind. */
const CORRECTABLE: Readonly<Record<TouchpointKind, readonly Correctable[]>> = {
  interaction: ['occurredAt', 'channel', 'direction', 'subject', 'text', 'outcome', 'mood'],
  note: ['occurredAt', 'text', 'treatment', 'mood'],
  feedback: ['occurredAt', 'channel', 'score', 'polarity', 'text'],
  mention: ['occurredAt', 'sentiment', 'text'],
  purchase: ['occurredAt', 'channel', 'amount', 'margin', 'lines'],
  refund: ['occurredAt'],
};

export const touchpoint: Decider<
  TouchpointState,
  TouchpointCommand,
  TouchpointEvent,
  TouchpointEvent | StandingEvent
> = {
  name: 'touchpoint',
  initialState: { standing: UNKNOWN, touchpoints: Map() },

  decide: {
    RecordInteraction: ({ data }, state) => record(state, { type: 'InteractionRecorded', data }),
    AddNote: ({ data }, state) => record(state, { type: 'NoteAdded', data }),
    ReceiveFeedback({ data }, state) {
      const [least, most] = SCORES[data.survey];
      if (data.score !== undefined && (data.score < least || data.score > most)) {
        throw new DomainError(
          'feedback.score',
          `A score of ${data.survey} is from ${least} to ${most}.`,
          'invalid',
        );
      }
      return record(state, { type: 'FeedbackReceived', data });
    },
    CaptureMention: ({ data }, state) => record(state, { type: 'MentionCaptured', data }),

    RecordPurchase({ data }, state) {
      if (data.amount.minor < 0)
        throw new DomainError(
          'purchase.negative',
          'A purchase is not negative. Record a refund of the purchase it takes back.',
        );
      return record(state, { type: 'PurchaseRecorded', data });
    },

    RefundPurchase({ data }, state) {
      mustStand(state.standing);
      const purchase = standingTouchpoint(state, data.purchaseId);
      if (purchase.kind !== 'purchase')
        throw new DomainError('refund.not_a_purchase', 'Only a purchase can be refunded.');
      const left = purchase.amount.minor - purchase.refunded;
      if (
        data.amount.currency !== purchase.amount.currency ||
        data.amount.minor <= 0 ||
        data.amount.minor > left
      ) {
        throw new DomainError(
          'refund.too_much',
          `At most ${left} minor units of ${purchase.amount.currency} can still be refunded.`,
          'rule',
          { left },
        );
      }
      return [{ type: 'PurchaseRefunded', data }];
    },

    CorrectTouchpoint({ data }, state) {
      mustStand(state.standing);
      const { kind } = standingTouchpoint(state, data.touchpointId);
      const { touchpointId: _id, reason: _reason, ...changes } = data;
      const asked = Object.keys(given(changes));
      const wrong = asked.filter((field) => !CORRECTABLE[kind].includes(field as Correctable));
      if (wrong.length > 0)
        throw new DomainError(
          'correction.not_of_this_kind',
          `A ${kind} has no ${wrong.join(', ')}. It has: ${CORRECTABLE[kind].join(', ')}.`,
        );
      if (asked.length === 0)
        throw new DomainError(
          'correction.empty',
          `Say what to correct: ${CORRECTABLE[kind].join(', ')}.`,
          'invalid',
        );
      if (data.amount !== undefined) checkAmount(state, data.touchpointId, data.amount);
      return [{ type: 'TouchpointCorrected', data }];
    },

    RetractTouchpoint({ data }, state) {
      mustStand(state.standing);
      const touchpoint = state.touchpoints.get(data.touchpointId);
      if (touchpoint?.retracted) return [];
      standingTouchpoint(state, data.touchpointId);
      if (touchpoint?.kind === 'purchase' && touchpoint.refunded > 0) {
        throw new DomainError('retraction.refunded', 'This purchase has refunds. Retract them first.');
      }
      return [{ type: 'TouchpointRetracted', data }];
    },
  },

  evolve: {
    ...standingRules,
    InteractionRecorded: (state, { touchpointId }) =>
      add(state, touchpointId, { kind: 'interaction', retracted: false }),
    NoteAdded: (state, { touchpointId }) => add(state, touchpointId, { kind: 'note', retracted: false }),
    FeedbackReceived: (state, { touchpointId }) =>
      add(state, touchpointId, { kind: 'feedback', retracted: false }),
    MentionCaptured: (state, { touchpointId }) =>
      add(state, touchpointId, { kind: 'mention', retracted: false }),
    PurchaseRecorded: (state, { touchpointId, amount }) =>
      add(state, touchpointId, { kind: 'purchase', retracted: false, amount, refunded: 0 }),
    PurchaseRefunded: (state, { touchpointId, purchaseId, amount }) =>
      add(refunded(state, purchaseId, amount.minor), touchpointId, {
        kind: 'refund',
        retracted: false,
        of: purchaseId,
        amount,
      }),
    TouchpointCorrected: (state, { touchpointId, amount }) => {
      const before = state.touchpoints.get(touchpointId);
      return before?.kind === 'purchase' && amount !== undefined
        ? add(state, touchpointId, { ...before, amount })
        : state;
    },
    TouchpointRetracted: (state, { touchpointId }) => {
      const before = state.touchpoints.get(touchpointId);
      if (before === undefined) return state;
      const after = before.kind === 'refund' ? refunded(state, before.of, -before.amount.minor) : state;
      return add(after, touchpointId, { ...before, retracted: true });
    },
  },
};

/** Recording the same touchpoint again is nothing new. */
function record<E extends TouchpointEvent>(state: TouchpointState, event: E): E[] {
  mustStand(state.standing);
  return state.touchpoints.has(event.data.touchpointId) ? [] : [event];
}

function standingTouchpoint(state: TouchpointState, touchpointId: string): Recorded {
  const touchpoint = state.touchpoints.get(touchpointId);
  if (touchpoint === undefined) {
    throw new DomainError('touchpoint.not_found', 'This customer has no such touchpoint.', 'not_found');
  }
  if (touchpoint.retracted)
    throw new DomainError('touchpoint.retracted', 'This touchpoint was retracted. Record it anew.');
  return touchpoint;
}

function checkAmount(state: TouchpointState, touchpointId: string, amount: Money): void {
  const purchase = state.touchpoints.get(touchpointId);
  if (purchase?.kind !== 'purchase') return;
  if (amount.minor < purchase.refunded || amount.currency !== purchase.amount.currency) {
    throw new DomainError(
      'correction.amount',
      `The amount is in ${purchase.amount.currency} and at least the ${purchase.refunded} minor units already refunded.`,
    );
  }
}

const add = (state: TouchpointState, touchpointId: string, touchpoint: Recorded): TouchpointState => ({
  ...state,
  touchpoints: state.touchpoints.set(touchpointId, touchpoint),
});

function refunded(state: TouchpointState, purchaseId: string, minor: number): TouchpointState {
  const purchase = state.touchpoints.get(purchaseId);
  return purchase?.kind === 'purchase'
    ? add(state, purchaseId, { ...purchase, refunded: purchase.refunded + minor })
    : state;
}
