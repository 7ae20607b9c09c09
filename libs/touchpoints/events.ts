/** Recorded contacts and transactions between the organisation and a customer. */
import {
  code,
  eventType,
  id,
  instantText,
  listOf,
  MoneyShape,
  oneOf,
  optional,
  shape,
  text,
  whole,
  type EventsOf,
  dayText,
} from '#kernel';

export const CHANNELS = [
  'phone',
  'email',
  'sms',
  'web',
  'app',
  'in_person',
  'post',
  'social',
  'chat',
  'partner',
] as const;
export const DIRECTIONS = ['inbound', 'outbound'] as const;
export const MOODS = ['good_tempered', 'irritable', 'happy', 'sad', 'neutral'] as const;
export const POLARITIES = ['positive', 'neutral', 'negative'] as const;
export const SURVEYS = ['nps', 'csat', 'free_text'] as const;
export const INTERVALS = ['month', 'year'] as const;

const purchaseLine = shape({ product: code(), quantity: whole(), amount: optional(MoneyShape) });

export const touchpointEvents = {
  InteractionRecorded: eventType(
    'InteractionRecorded',
    shape({
      touchpointId: id(),
      channel: oneOf(CHANNELS),
      direction: oneOf(DIRECTIONS),
      subject: optional(text(200)),
      text: optional(text(10_000)),
      outcome: optional(code()),
      durationSeconds: optional(whole(0)),
      staff: optional(code()),
      mood: optional(oneOf(MOODS)),
    }),
  ),
  NoteAdded: eventType(
    'NoteAdded',
    shape({
      touchpointId: id(),
      text: optional(text(10_000)),
      /** How to treat the customer next time. */
      treatment: optional(text(2_000)),
      mood: optional(oneOf(MOODS)),
      staff: optional(code()),
    }),
  ),
  FeedbackReceived: eventType(
    'FeedbackReceived',
    shape({
      touchpointId: id(),
      channel: oneOf(CHANNELS),
      survey: oneOf(SURVEYS),
      /** NPS 0–10, CSAT 1–5. */
      score: optional(whole(0)),
      polarity: oneOf(POLARITIES),
      text: optional(text(10_000)),
      product: optional(code()),
    }),
  ),
  MentionCaptured: eventType(
    'MentionCaptured',
    shape({
      touchpointId: id(),
      network: code(),
      sentiment: oneOf(POLARITIES),
      text: optional(text(10_000)),
      url: optional(text(2_000)),
    }),
  ),
  PurchaseRecorded: eventType(
    'PurchaseRecorded',
    shape({
      touchpointId: id(),
      channel: optional(oneOf(CHANNELS)),
      amount: MoneyShape,
      margin: optional(MoneyShape),
      lines: optional(listOf(purchaseLine, { maxItems: 500 })),
      campaign: optional(code()),
    }),
  ),
  PurchaseRefunded: eventType(
    'PurchaseRefunded',
    shape({ touchpointId: id(), purchaseId: id(), amount: MoneyShape, reason: optional(code()) }),
  ),
  /** The fields given replace those of the touchpoint; the event that recorded it stays as it is. */
  TouchpointCorrected: eventType(
    'TouchpointCorrected',
    shape({
      touchpointId: id(),
      reason: code(),
      occurredAt: optional(instantText()),
      channel: optional(oneOf(CHANNELS)),
      direction: optional(oneOf(DIRECTIONS)),
      subject: optional(text(200)),
      text: optional(text(10_000)),
      treatment: optional(text(2_000)),
      outcome: optional(code()),
      mood: optional(oneOf(MOODS)),
      score: optional(whole(0)),
      polarity: optional(oneOf(POLARITIES)),
      sentiment: optional(oneOf(POLARITIES)),
      amount: optional(MoneyShape),
      margin: optional(MoneyShape),
      lines: optional(listOf(purchaseLine, { maxItems: 500 })),
    }),
  ),
  TouchpointRetracted: eventType('TouchpointRetracted', shape({ touchpointId: id(), reason: code() })),
} as const;

export type TouchpointEvent = EventsOf<typeof touchpointEvents>;

export const subscriptionEvents = {
  SubscriptionStarted: eventType(
    'SubscriptionStarted',
    shape({
      subscriptionId: id(),
      product: code(),
      plan: optional(code()),
      /** What is paid every interval. */
      recurring: MoneyShape,
      interval: oneOf(INTERVALS),
      startsOn: dayText(),
      /** Last paid day of the first term, where the contract has terms. */
      paidUntil: optional(dayText()),
    }),
  ),
  SubscriptionRenewed: eventType(
    'SubscriptionRenewed',
    shape({ subscriptionId: id(), renewedOn: dayText(), paidUntil: dayText() }),
  ),
  SubscriptionChanged: eventType(
    'SubscriptionChanged',
    shape({
      subscriptionId: id(),
      effectiveOn: dayText(),
      recurring: optional(MoneyShape),
      plan: optional(code()),
    }),
  ),
  SubscriptionCancelled: eventType(
    'SubscriptionCancelled',
    shape({
      subscriptionId: id(),
      /** When notice was given, and the first day without the subscription. */
      noticeOn: dayText(),
      effectiveOn: dayText(),
      reason: optional(code()),
    }),
  ),
} as const;

export type SubscriptionEvent = EventsOf<typeof subscriptionEvents>;
