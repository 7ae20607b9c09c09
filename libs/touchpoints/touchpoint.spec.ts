import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { customerEvents, type CustomerEvent } from '#customers/events.js';
import { decide, DomainError, evolve } from '#kernel';
import { given } from '#test/support/given.js';
import type { TouchpointEvent } from './events.js';
import { touchpoint, type TouchpointCommand, type TouchpointState } from './touchpoint.js';

const registered: CustomerEvent = {
  type: customerEvents.CustomerRegistered.type,
  data: { kind: 'person', relationship: 'prospect' },
};
const usd = (minor: number) => ({ minor, currency: 'USD' });
const bought = (minor: number): TouchpointEvent => ({
  type: 'PurchaseRecorded',
  data: { touchpointId: 'p', amount: usd(minor) },
});
const refunded = (id: string, minor: number): TouchpointEvent => ({
  type: 'PurchaseRefunded',
  data: { touchpointId: id, purchaseId: 'p', amount: usd(minor) },
});
const refund = (id: string, minor: number, currency = 'USD'): TouchpointCommand => ({
  type: 'RefundPurchase',
  data: { touchpointId: id, purchaseId: 'p', amount: { minor, currency } },
});
const noted: TouchpointEvent = { type: 'NoteAdded', data: { touchpointId: 'n', text: 'hello' } };
const retract = (touchpointId: string): TouchpointCommand => ({
  type: 'RetractTouchpoint',
  data: { touchpointId, reason: 'wrong' },
});

describe('a touchpoint', () => {
  it('is recorded of a registered customer', () => {
    const data = { touchpointId: 'i', channel: 'phone', direction: 'inbound' } as const;
    given(touchpoint, registered)
      .when({ type: 'RecordInteraction', data })
      .then({ type: 'InteractionRecorded', data });
    given(touchpoint).when({ type: 'RecordInteraction', data }).isRefused('customer.not_found');
  });

  it('is corrected in what its kind has', () => {
    const correct = {
      type: 'CorrectTouchpoint',
      data: { touchpointId: 'n', reason: 'typo', text: 'bye' },
    } as const;
    given(touchpoint, registered, noted).when(correct).decides('TouchpointCorrected');
    given(touchpoint, registered, noted)
      .when({ type: 'CorrectTouchpoint', data: { touchpointId: 'n', reason: 'typo', amount: usd(1) } })
      .isRefused('correction.not_of_this_kind');
    given(touchpoint, registered, noted)
      .when({ type: 'CorrectTouchpoint', data: { touchpointId: 'n', reason: 'typo' } })
      .isRefused('correction.empty');
    given(touchpoint, registered).when(correct).isRefused('touchpoint.not_found');
  });

  it('is retracted once, and corrected no more', () => {
    const retracted: TouchpointEvent = {
      type: 'TouchpointRetracted',
      data: { touchpointId: 'n', reason: 'wrong' },
    };
    given(touchpoint, registered, noted).when(retract('n')).then(retracted);
    given(touchpoint, registered, noted, retracted)
      .when({ type: 'CorrectTouchpoint', data: { touchpointId: 'n', reason: 'typo', text: 'x' } })
      .isRefused('touchpoint.retracted');
  });

  it('has a score of its survey', () => {
    const data = { touchpointId: 'f', channel: 'email', survey: 'csat', polarity: 'positive' } as const;
    given(touchpoint, registered)
      .when({ type: 'ReceiveFeedback', data: { ...data, score: 6 } })
      .isRefused('feedback.score');
    given(touchpoint, registered)
      .when({ type: 'ReceiveFeedback', data: { ...data, score: 5 } })
      .decides('FeedbackReceived');
  });
});

describe('a purchase', () => {
  it('is refunded up to what was paid, and no further', () => {
    given(touchpoint, registered, bought(1000)).when(refund('r', 1000)).decides('PurchaseRefunded');
    given(touchpoint, registered, bought(1000), refunded('r', 600))
      .when(refund('s', 401))
      .isRefused('refund.too_much');
    given(touchpoint, registered, bought(1000))
      .when(refund('r', 1, 'EUR'))
      .isRefused('refund.too_much');
    given(touchpoint, registered, noted).when(refund('r', 1)).isRefused('touchpoint.not_found');
  });

  it('has more to refund once a refund was retracted', () => {
    const retracted: TouchpointEvent = {
      type: 'TouchpointRetracted',
      data: { touchpointId: 'r', reason: 'wrong' },
    };
    given(touchpoint, registered, bought(1000), refunded('r', 600), retracted)
      .when(refund('s', 1000))
      .decides('PurchaseRefunded');
  });

  it('is not retracted under its refunds, nor corrected below them', () => {
    given(touchpoint, registered, bought(1000), refunded('r', 600))
      .when(retract('p'))
      .isRefused('retraction.refunded');
    given(touchpoint, registered, bought(1000), refunded('r', 600))
      .when({ type: 'CorrectTouchpoint', data: { touchpointId: 'p', reason: 'typo', amount: usd(599) } })
      .isRefused('correction.amount');
  });
});

describe('any sequence of commands', () => {
  const ids = fc.constantFrom('a', 'b', 'c');
  const commands: fc.Arbitrary<TouchpointCommand> = fc.oneof(
    fc
      .record({ touchpointId: ids, minor: fc.integer({ min: 0, max: 500 }) })
      .map(({ touchpointId, minor }) => ({
        type: 'RecordPurchase' as const,
        data: { touchpointId, amount: usd(minor) },
      })),
    fc
      .record({ touchpointId: ids, purchaseId: ids, minor: fc.integer({ min: -1, max: 500 }) })
      .map(({ touchpointId, purchaseId, minor }) => ({
        type: 'RefundPurchase' as const,
        data: { touchpointId: `r${touchpointId}`, purchaseId, amount: usd(minor) },
      })),
    ids.map((touchpointId) => retract(touchpointId)),
    ids.map((touchpointId) => retract(`r${touchpointId}`)),
    fc
      .record({ touchpointId: ids, minor: fc.integer({ min: 0, max: 500 }) })
      .map(({ touchpointId, minor }) => ({
        type: 'CorrectTouchpoint' as const,
        data: { touchpointId, reason: 'typo', amount: usd(minor) },
      })),
  );

  it('never refunds more than a purchase came to', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 40 }), (sequence) => {
        let state: TouchpointState = evolve(touchpoint, touchpoint.initialState, registered);
        for (const command of sequence) {
          try {
            for (const event of decide(touchpoint, command, state)) state = evolve(touchpoint, state, event);
          } catch (error) {
            if (!(error instanceof DomainError)) throw error;
          }
          for (const { kind, ...rest } of state.touchpoints.values()) {
            if (kind === 'purchase' && 'refunded' in rest)
              expect(rest.refunded).toBeLessThanOrEqual(rest.amount.minor);
          }
        }
      }),
    );
  });
});
