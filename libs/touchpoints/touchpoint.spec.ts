import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { customerEvents, type CustomerEvent } from '#customers/events.js';
import { decide, DomainError, evolve, type Instant } from '#kernel';
import { given, NOW, on } from '#test/support/given.js';
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

  it('is corrected within the bounds of its survey', () => {
    const data = { touchpointId: 'f', channel: 'email', survey: 'csat', polarity: 'positive' } as const;
    const received: TouchpointEvent = { type: 'FeedbackReceived', data: { ...data, score: 4 } };
    const correct = (score: number): TouchpointCommand => ({
      type: 'CorrectTouchpoint',
      data: { touchpointId: 'f', reason: 'typo', score },
    });
    for (const score of [0, 6, 9])
      given(touchpoint, registered, received).when(correct(score)).isRefused('feedback.score');
    given(touchpoint, registered, received).when(correct(5)).decides('TouchpointCorrected');
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
      .isRefused('refund.currency');
    given(touchpoint, registered, noted).when(refund('r', 1)).isRefused('touchpoint.not_found');
  });

  it('is refunded after it was made', () => {
    const march = on('2026-03-01', bought(1000));
    given(touchpoint, registered, march)
      .when(refund('r', 1000), '2026-02-28')
      .isRefused('refund.before_purchase');
    given(touchpoint, registered, march).when(refund('r', 1000), '2026-03-01').decides('PurchaseRefunded');
    const minutes = (time: string) => ({
      ...bought(1000),
      occurredAt: `2026-03-01T${time}:00.000Z` as Instant,
    });
    given(touchpoint, registered, minutes('12:05'))
      .when(refund('r', 1), '2026-03-01')
      .decides('PurchaseRefunded');
    given(touchpoint, registered, minutes('12:06'))
      .when(refund('r', 1), '2026-03-01')
      .isRefused('refund.before_purchase');
    const moved: TouchpointEvent = {
      type: 'TouchpointCorrected',
      data: { touchpointId: 'p', reason: 'typo', occurredAt: '2026-02-01T12:00:00.000Z' },
    };
    given(touchpoint, registered, march, moved)
      .when(refund('r', 1000), '2026-02-28')
      .decides('PurchaseRefunded');
  });

  it('is not moved behind its refunds, nor they before it', () => {
    const move = (touchpointId: string, day: string): TouchpointCommand => ({
      type: 'CorrectTouchpoint',
      data: { touchpointId, reason: 'typo', occurredAt: `${day}T12:00:00.000Z` },
    });
    const taken = on('2026-03-10', refunded('r', 600));
    const history = given(touchpoint, registered, on('2026-03-01', bought(1000)), taken);
    history.when(move('p', '2026-03-11')).isRefused('correction.after_refund');
    history.when(move('p', '2026-03-09')).decides('TouchpointCorrected');
    history.when(move('r', '2026-02-28')).isRefused('refund.before_purchase');
    history.when(move('r', '2026-03-02')).decides('TouchpointCorrected');
  });

  it('is in one currency, and its lines come to no more than it', () => {
    const purchase = (rest: object): TouchpointCommand => ({
      type: 'RecordPurchase',
      data: { touchpointId: 'p', amount: usd(1000), ...rest },
    });
    const line = (minor: number, currency = 'USD') => ({
      product: 'cd',
      quantity: 1,
      amount: { minor, currency },
    });
    const anew = given(touchpoint, registered);
    anew.when(purchase({ margin: { minor: 1, currency: 'EUR' } })).isRefused('purchase.currency');
    anew.when(purchase({ lines: [line(10), line(10, 'EUR')] })).isRefused('purchase.currency');
    anew.when(purchase({ lines: [line(600), line(401)] })).isRefused('purchase.lines');
    anew
      .when(purchase({ margin: usd(-5), lines: [line(600), { product: 'bag', quantity: 1 }, line(400)] }))
      .decides('PurchaseRecorded');
  });

  it('is corrected by the rules of recording it, on what it then comes to', () => {
    const lines = (minor: number, currency = 'USD') => [
      { product: 'cd', quantity: 1, amount: { minor, currency } },
    ];
    const correct = (changes: object): TouchpointCommand => ({
      type: 'CorrectTouchpoint',
      data: { touchpointId: 'p', reason: 'typo', ...changes },
    });
    const history = given(touchpoint, registered, bought(1000));
    history.when(correct({ lines: lines(1001) })).isRefused('purchase.lines');
    history.when(correct({ lines: lines(1001), amount: usd(1001) })).decides('TouchpointCorrected');
    history.when(correct({ lines: lines(1000), amount: usd(999) })).isRefused('purchase.lines');
    history.when(correct({ lines: lines(1, 'EUR') })).isRefused('purchase.currency');
    history.when(correct({ margin: { minor: 1, currency: 'EUR' } })).isRefused('purchase.currency');
    history.when(correct({ amount: usd(-1) })).isRefused('purchase.negative');
    history.when(correct({ amount: usd(500) })).decides('TouchpointCorrected');
    const corrected: TouchpointEvent = {
      type: 'TouchpointCorrected',
      data: { touchpointId: 'p', reason: 'typo', amount: usd(500) },
    };
    given(touchpoint, registered, bought(1000), corrected)
      .when(correct({ lines: lines(501) }))
      .isRefused('purchase.lines');
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
        let state: TouchpointState = evolve(touchpoint, touchpoint.initialState, registered, NOW);
        for (const command of sequence) {
          try {
            for (const event of decide(touchpoint, command, state, NOW))
              state = evolve(touchpoint, state, event, NOW);
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
