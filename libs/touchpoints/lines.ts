/** The lines about touchpoints and subscriptions that an import takes. */
import { lineKind, type Asked, type LineKind } from '#commands/index.js';
import { customerStream, derivedId, given, type CustomerId, type Instant } from '#kernel';
import * as dto from './dto.js';
import { subscription, type SubscriptionCommand } from './subscription.js';
import { withTouchpointId } from './touchpoint-id.js';
import { touchpoint, type TouchpointCommand } from './touchpoint.js';

/** A kind that records a touchpoint: its command carries the body and the touchpoint's id. */
const recording = <Body extends dto.Dated>(
  kind: string,
  path: string,
  Body: new () => Body,
  command: (data: Omit<Body, 'occurredAt'> & { readonly touchpointId: string }) => TouchpointCommand,
): LineKind =>
  lineKind({
    kind,
    route: `/v1/customers/:customer/${path}`,
    creates: 'touchpoint',
    Body,
    ask: ({ occurredAt, ...body }, { customer }, commandId) =>
      about(customer, command(withTouchpointId(commandId, body)), occurredAt),
  });

export const touchpointLines: readonly LineKind[] = [
  recording('interaction', 'interactions', dto.InteractionDto, (data) => ({
    type: 'RecordInteraction',
    data,
  })),
  recording('note', 'notes', dto.NoteDto, (data) => ({ type: 'AddNote', data })),
  recording('feedback', 'feedback', dto.FeedbackDto, (data) => ({ type: 'ReceiveFeedback', data })),
  recording('mention', 'mentions', dto.MentionDto, (data) => ({ type: 'CaptureMention', data })),
  recording('purchase', 'purchases', dto.PurchaseDto, (data) => ({ type: 'RecordPurchase', data })),
  lineKind({
    kind: 'refund',
    route: '/v1/customers/:customer/purchases/:touchpoint/refunds',
    creates: 'touchpoint',
    Body: dto.RefundDto,
    ask({ occurredAt, ...body }, params, commandId) {
      const data = { ...withTouchpointId(commandId, body), purchaseId: params.touchpoint };
      return about(params.customer, { type: 'RefundPurchase', data }, occurredAt);
    },
  }),
  lineKind({
    kind: 'correction',
    route: '/v1/customers/:customer/touchpoints/:touchpoint/correct',
    Body: dto.CorrectionDto,
    ask(body, params) {
      const data = { ...given(body), reason: body.reason, touchpointId: params.touchpoint };
      return about(params.customer, { type: 'CorrectTouchpoint', data });
    },
  }),
  lineKind({
    kind: 'retraction',
    route: '/v1/customers/:customer/touchpoints/:touchpoint/retract',
    Body: dto.RetractionDto,
    ask({ reason }, params) {
      const data = { touchpointId: params.touchpoint, reason };
      return about(params.customer, { type: 'RetractTouchpoint', data });
    },
  }),
];

export const subscriptionLines: readonly LineKind[] = [
  lineKind({
    kind: 'subscription',
    route: '/v1/customers/:customer/subscriptions',
    creates: 'subscription',
    Body: dto.StartSubscriptionDto,
    ask(body, params, commandId) {
      const subscriptionId = derivedId(commandId, 'subscription');
      const data = { ...(given(body) as typeof body), subscriptionId };
      return contract(params.customer, { type: 'StartSubscription', data });
    },
  }),
  lineKind({
    kind: 'subscription-renewal',
    route: '/v1/customers/:customer/subscriptions/:subscription/renew',
    Body: dto.RenewSubscriptionDto,
    ask(body, params) {
      const data = { ...body, subscriptionId: params.subscription };
      return contract(params.customer, { type: 'RenewSubscription', data });
    },
  }),
  lineKind({
    kind: 'subscription-change',
    route: '/v1/customers/:customer/subscriptions/:subscription/change',
    Body: dto.ChangeSubscriptionDto,
    ask(body, params) {
      const data = { ...(given(body) as typeof body), subscriptionId: params.subscription };
      return contract(params.customer, { type: 'ChangeSubscription', data });
    },
  }),
  lineKind({
    kind: 'subscription-cancellation',
    route: '/v1/customers/:customer/subscriptions/:subscription/cancel',
    Body: dto.CancelSubscriptionDto,
    ask(body, params) {
      const data = { ...(given(body) as typeof body), subscriptionId: params.subscription };
      return contract(params.customer, { type: 'CancelSubscription', data });
    },
  }),
];

const about = (customer: string, command: TouchpointCommand, occurredAt?: Instant): Asked => ({
  stream: customerStream(customer as CustomerId),
  decider: touchpoint,
  command,
  occurredAt,
  ids: { customerId: customer, touchpointId: command.data.touchpointId },
});

const contract = (customer: string, command: SubscriptionCommand): Asked => ({
  stream: customerStream(customer as CustomerId),
  decider: subscription,
  command,
  ids: { customerId: customer, subscriptionId: command.data.subscriptionId },
});
