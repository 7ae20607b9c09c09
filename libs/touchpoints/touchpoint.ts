/**
 * The rules of touchpoints. Anything may be recorded of a registered customer; a correction or a retraction
 * names a touchpoint that is there, corrects only what that kind of touchpoint has, and holds to the rules of recording it;
 * refunds come after the purchase and never to more than it.
 */
import { Map } from 'immutable';
import { DomainError, given, type Decider, type Money } from '#kernel';
import { mustStand, standingRules, UNKNOWN, type Standing, type StandingEvent } from '#customers/events.js';
import type { SURVEYS, TouchpointEvent } from './events.js';
import { mustAgree } from './purchase.js';

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

type Survey = (typeof SURVEYS)[number];

type Recorded =
  | { readonly kind: 'interaction' | 'note' | 'mention'; readonly retracted: boolean }
  | { readonly kind: 'feedback'; readonly retracted: boolean; readonly survey: Survey }
  | {
      readonly kind: 'purchase';
      readonly retracted: boolean;
      /** When it was made. */
      readonly at: string;
      readonly amount: Money;
      readonly refunded: number;
    }
  | {
      readonly kind: 'refund';
      readonly retracted: boolean;
      readonly at: string;
      readonly of: string;
      readonly amount: Money;
    };

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
      mustBeScoreOf(data.survey, data.score);
      return record(state, { type: 'FeedbackReceived', data });
    },
    CaptureMention: ({ data }, state) => record(state, { type: 'MentionCaptured', data }),

    RecordPurchase({ data }, state) {
      mustAgree(data.amount, data);
      return record(state, { type: 'PurchaseRecorded', data });
    },

    RefundPurchase({ data }, state, at) {
      mustStand(state.standing);
      const purchase = standingTouchpoint(state, data.purchaseId);
      if (purchase.kind !== 'purchase')
        throw new DomainError('refund.not_a_purchase', 'Only a purchase can be refunded.');
      const { amount, refunded } = purchase;
      const left = amount.minor - refunded;
      if (data.amount.currency !== amount.currency)
        throw new DomainError(
          'refund.currency',
          `The purchase was paid in ${amount.currency}. Send the refund in ${amount.currency}.`,
          'invalid',
          { field: 'amount.currency' },
        );
      if (data.amount.minor <= 0 || data.amount.minor > left) {
        throw new DomainError(
          'refund.too_much',
          `At most ${left} minor units of ${amount.currency} can still be refunded.`,
          'rule',
          { left },
        );
      }
      mustFollow(at, purchase.at);
      return [{ type: 'PurchaseRefunded', data }];
    },

    CorrectTouchpoint({ data }, state) {
      mustStand(state.standing);
      const recorded = standingTouchpoint(state, data.touchpointId);
      const { kind } = recorded;
      const { touchpointId: _id, reason: _reason, ...changes } = data;
      const asked = Object.keys(given(changes));
      const wrong = asked.filter((field) => !CORRECTABLE[kind].includes(field as Correctable));
      if (wrong.length > 0)
        throw new DomainError(
          'correction.not_of_this_kind',
          `A correction of this ${kind} cannot change ${wrong.join(', ')}. It can change: ${CORRECTABLE[kind].join(', ')}.`,
        );
      if (asked.length === 0)
        throw new DomainError(
          'correction.empty',
          `Say what to correct: ${CORRECTABLE[kind].join(', ')}.`,
          'invalid',
        );
      if (recorded.kind === 'feedback') mustBeScoreOf(recorded.survey, data.score);
      if (recorded.kind === 'purchase') mustStayRight(state, recorded, data);
      if (recorded.kind === 'refund' && data.occurredAt !== undefined)
        mustFollow(data.occurredAt, purchaseOf(state, recorded.of)?.at);
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
    FeedbackReceived: (state, { touchpointId, survey }) =>
      add(state, touchpointId, { kind: 'feedback', retracted: false, survey }),
    MentionCaptured: (state, { touchpointId }) =>
      add(state, touchpointId, { kind: 'mention', retracted: false }),
    PurchaseRecorded: (state, { touchpointId, amount }, at) =>
      add(state, touchpointId, { kind: 'purchase', retracted: false, at, amount, refunded: 0 }),
    PurchaseRefunded: (state, { touchpointId, purchaseId, amount }, at) =>
      add(refunded(state, purchaseId, amount.minor), touchpointId, {
        kind: 'refund',
        retracted: false,
        at,
        of: purchaseId,
        amount,
      }),
    TouchpointCorrected: (state, { touchpointId, amount, occurredAt }) => {
      const before = state.touchpoints.get(touchpointId);
      if (before?.kind === 'purchase') {
        const { at, amount: paid } = before;
        return add(state, touchpointId, { ...before, at: occurredAt ?? at, amount: amount ?? paid });
      }
      return before?.kind === 'refund' && occurredAt !== undefined
        ? add(state, touchpointId, { ...before, at: occurredAt })
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

type Purchase = Extract<Recorded, { kind: 'purchase' }>;

function purchaseOf(state: TouchpointState, touchpointId: string): Purchase | undefined {
  const found = state.touchpoints.get(touchpointId);
  return found?.kind === 'purchase' ? found : undefined;
}

function mustBeScoreOf(survey: Survey, score: number | undefined): void {
  const [least, most] = SCORES[survey];
  if (score === undefined || (score >= least && score <= most)) return;
  throw new DomainError('feedback.score', `A score of ${survey} is from ${least} to ${most}.`, 'invalid', {
    field: 'score',
  });
}

/** Clocks differ a little, and a purchase may be dated by another one than its refund. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

const isBefore = (refundedAt: string, boughtAt: string): boolean =>
  refundedAt < boughtAt && Date.parse(boughtAt) - Date.parse(refundedAt) > CLOCKS_DIFFER_MS;

/** A refund, or one that is corrected, is not before its purchase. */
function mustFollow(refundedAt: string, boughtAt: string | undefined): void {
  if (boughtAt === undefined || !isBefore(refundedAt, boughtAt)) return;
  throw new DomainError(
    'refund.before_purchase',
    `occurredAt is before the purchase, which was at ${boughtAt}. Send the time of the refund, or correct the purchase first.`,
    'rule',
    { field: 'occurredAt' },
  );
}

/** A corrected purchase holds to what a new one does, comes to what was refunded at least, and is before its refunds. */
function mustStayRight(
  state: TouchpointState,
  { amount, refunded }: Purchase,
  { touchpointId, ...changes }: Named<'TouchpointCorrected'>['data'],
): void {
  const { amount: corrected = amount, occurredAt } = changes;
  mustAgree(corrected, changes);
  if (corrected.minor < refunded || corrected.currency !== amount.currency) {
    throw new DomainError(
      'correction.amount',
      `The amount is in ${amount.currency} and at least the ${refunded} minor units already refunded.`,
      'rule',
      { field: 'amount' },
    );
  }
  if (occurredAt === undefined) return;
  for (const one of state.touchpoints.values()) {
    if (one.kind !== 'refund' || one.retracted || one.of !== touchpointId || !isBefore(one.at, occurredAt))
      continue;
    throw new DomainError(
      'correction.after_refund',
      `occurredAt is after a refund of this purchase, which was at ${one.at}. Send a time before it, or correct the refund first.`,
      'rule',
      { field: 'occurredAt' },
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
