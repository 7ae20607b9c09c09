/** What can be recorded of a customer's touchpoints and subscriptions. */
import { commandsOf } from '#context/index.js';
import { STANDING_REFUSALS } from '#customers/events.js';
import { id } from '#kernel';
import {
  CORRECTION,
  FEEDBACK,
  INTERACTION,
  MENTION,
  NOTE,
  PURCHASE,
  REFUND,
  RETRACTION,
  SUBSCRIPTION,
} from './events.js';
import { subscription } from './subscription.js';
import { touchpoint } from './touchpoint.js';

const ONE_CURRENCY = {
  'purchase.currency': 'the margin or a line is in another currency than the amount',
  'purchase.lines': 'the lines come to more than the amount',
};

const record = commandsOf(touchpoint, {
  tag: 'Touchpoints',
  path: '/v1/customers/:customer',
  id: 'touchpointId',
  params: { touchpoint: id({ description: 'The id that recording it answered.' }) },
  refusals: STANDING_REFUSALS,
});

export const touchpointCommands = [
  record({
    type: 'RecordInteraction',
    path: 'interactions',
    line: 'interaction',
    dated: true,
    body: INTERACTION,
    summary: 'Record an interaction: a call, a visit, a message',
  }),
  record({
    type: 'AddNote',
    path: 'notes',
    line: 'note',
    dated: true,
    body: NOTE,
    summary: "Add a note: what to know, the customer's mood, how to treat them",
  }),
  record({
    type: 'ReceiveFeedback',
    path: 'feedback',
    line: 'feedback',
    dated: true,
    body: FEEDBACK,
    summary: 'Record feedback: NPS, CSAT, free text',
    refusals: { 'feedback.score': 'the score is not of this survey' },
  }),
  record({
    type: 'CaptureMention',
    path: 'mentions',
    line: 'mention',
    dated: true,
    body: MENTION,
    summary: 'Capture a mention on a social network',
  }),
  record({
    type: 'RecordPurchase',
    path: 'purchases',
    line: 'purchase',
    dated: true,
    body: PURCHASE,
    summary: 'Record a purchase: amount, margin and lines in one currency, lines up to the amount',
    refusals: ONE_CURRENCY,
  }),
  record({
    type: 'RefundPurchase',
    path: 'purchases/:touchpoint/refunds',
    names: { touchpoint: 'purchaseId' },
    line: 'refund',
    dated: true,
    body: REFUND,
    summary: 'Refund a purchase, wholly or in part',
    refusals: {
      'touchpoint.not_found': 'no such purchase',
      'refund.not_a_purchase': 'it is another kind of touchpoint',
      'refund.currency': 'in another currency than the purchase',
      'refund.too_much': 'more than is left of the purchase',
      'refund.before_purchase': 'dated before the purchase',
    },
  }),
  record({
    type: 'CorrectTouchpoint',
    path: 'touchpoints/:touchpoint/correct',
    line: 'correction',
    body: CORRECTION,
    summary: 'Correct a touchpoint. An amount corrected alone scales its lines',
    refusals: {
      ...ONE_CURRENCY,
      'touchpoint.not_found': 'no such touchpoint',
      'touchpoint.retracted': 'it was retracted',
      'correction.not_of_this_kind': 'this kind has no such field',
      'correction.empty': 'nothing to correct was sent',
      'correction.amount': 'less than was already refunded, or in another currency',
      'correction.after_refund': 'the purchase would be after a refund of it',
      'refund.before_purchase': 'the refund would be before its purchase',
      'feedback.score': 'the score is not of this survey',
    },
  }),
  record({
    type: 'RetractTouchpoint',
    path: 'touchpoints/:touchpoint/retract',
    line: 'retraction',
    body: RETRACTION,
    summary: 'Retract a touchpoint: it was not so',
    refusals: {
      'touchpoint.not_found': 'no such touchpoint',
      'retraction.refunded': 'the purchase has refunds',
    },
  }),
];

const contract = commandsOf(subscription, {
  tag: 'Subscriptions',
  path: '/v1/customers/:customer/subscriptions',
  id: 'subscriptionId',
  params: { subscription: id({ description: 'The id that starting it answered.' }) },
  refusals: {
    ...STANDING_REFUSALS,
    'subscription.not_found': 'no such subscription',
    'subscription.retracted': 'it was retracted',
    'subscription.cancelled': 'it has ended by that day',
    'subscription.too_early': 'before it started, or before the term that is paid',
    'subscription.currency': 'it is paid in another currency',
    'subscription.paid_before_start': 'paid until a day before it starts',
    'subscription.notice_after_end': 'notice after the end',
  },
});

export const subscriptionCommands = [
  contract({
    type: 'StartSubscription',
    line: 'subscription',
    dated: 'startsOn',
    body: SUBSCRIPTION.start,
    summary: 'Start a subscription',
  }),
  contract({
    type: 'RenewSubscription',
    path: ':subscription/renew',
    line: 'subscription-renewal',
    dated: 'renewedOn',
    body: SUBSCRIPTION.renew,
    summary: 'Renew a subscription, also of an erased customer',
  }),
  contract({
    type: 'ChangeSubscription',
    path: ':subscription/change',
    line: 'subscription-change',
    dated: 'effectiveOn',
    body: SUBSCRIPTION.change,
    summary: 'Change what a subscription costs, or its plan',
  }),
  contract({
    type: 'CancelSubscription',
    path: ':subscription/cancel',
    line: 'subscription-cancellation',
    dated: 'noticeOn',
    body: SUBSCRIPTION.cancel,
    summary: 'Cancel a subscription, also of an erased customer; again to move or correct the cancellation',
  }),
  contract({
    type: 'WithdrawCancellation',
    path: ':subscription/withdraw-cancellation',
    line: 'cancellation-withdrawal',
    dated: 'withdrawnOn',
    body: SUBSCRIPTION.withdraw,
    summary: 'Withdraw the cancellation of a subscription, which goes on',
  }),
  contract({
    type: 'RetractSubscription',
    path: ':subscription/retract',
    line: 'subscription-retraction',
    body: RETRACTION,
    summary: 'Retract a subscription: it was not so',
  }),
];
