/** Recorded contacts and transactions between the organisation and a customer. */
import {
  code,
  day,
  eventType,
  id,
  instantField,
  listOf,
  money,
  nested,
  oneOf,
  text,
  whole,
  type EventsOf,
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

export const INTERACTION = {
  channel: oneOf(CHANNELS),
  direction: oneOf(DIRECTIONS),
  subject: text(200, { example: 'Late delivery' }).optional,
  text: text(10_000, { multiline: true, example: 'Asked where the parcel is.' }).optional,
  outcome: code({ example: 'resolved' }).optional,
  durationSeconds: whole({ min: 0, max: 604_800, example: 240 }).optional,
  staff: code({ example: 'agent-7' }).optional,
  mood: oneOf(MOODS, { description: "The customer's mood, as staff noted it." }).optional,
} as const;

export const NOTE = {
  text: text(10_000, { multiline: true, example: 'Moved house in May.' }),
  treatment: text(2_000, {
    multiline: true,
    description: 'How to treat the customer next time.',
    example: 'Prefers to be called after six.',
  }).optional,
  mood: oneOf(MOODS).optional,
  staff: code({ example: 'agent-7' }).optional,
} as const;

export const FEEDBACK = {
  channel: oneOf(CHANNELS),
  survey: oneOf(SURVEYS),
  score: whole({ min: 0, max: 10, example: 9, description: 'NPS 0 to 10, CSAT 1 to 5.' }).optional,
  polarity: oneOf(POLARITIES),
  text: text(10_000, { multiline: true, example: 'Quick and friendly.' }).optional,
  product: code({ example: 'broadband' }).optional,
} as const;

export const MENTION = {
  network: code({ example: 'mastodon' }),
  sentiment: oneOf(POLARITIES),
  text: text(10_000, { multiline: true, example: 'Great service today!' }).optional,
  url: text(2_000, { example: 'https://social.example/@ada/1' }).optional,
} as const;

const LINE = nested('PurchaseLine', {
  product: code({ example: 'cd' }),
  quantity: whole({ min: 0, max: 1_000_000_000, example: 2 }),
  amount: money({ min: 0 }).optional,
});

export const PURCHASE = {
  amount: money({ min: 0, description: 'What was paid in all.' }),
  margin: money({ description: 'What is left of it after its own costs.' }).optional,
  channel: oneOf(CHANNELS).optional,
  lines: listOf(LINE, { max: 500 }).optional,
  campaign: code({ example: 'spring-sale' }).optional,
} as const;

export const REFUND = { amount: money({ min: 1 }), reason: code({ example: 'damaged' }).optional } as const;

const WHY = { description: 'Why. A code, not a text: it is kept.' };

/** The fields given replace those of the touchpoint; the event that recorded it stays as it is. */
export const CORRECTION = {
  reason: code({ ...WHY, example: 'typing_error' }),
  occurredAt: instantField({ description: 'When it truly happened.' }).optional,
  channel: PURCHASE.channel,
  direction: INTERACTION.direction.optional,
  subject: INTERACTION.subject,
  text: INTERACTION.text,
  treatment: NOTE.treatment,
  outcome: INTERACTION.outcome,
  mood: NOTE.mood,
  score: FEEDBACK.score,
  polarity: FEEDBACK.polarity.optional,
  sentiment: MENTION.sentiment.optional,
  amount: money({ min: 0 }).optional,
  margin: PURCHASE.margin,
  lines: PURCHASE.lines,
} as const;

export const RETRACTION = { reason: code({ ...WHY, example: 'wrong_customer' }) } as const;

const touchpointId = id();

export const touchpointEvents = {
  InteractionRecorded: eventType('InteractionRecorded', { touchpointId, ...INTERACTION }),
  NoteAdded: eventType('NoteAdded', { touchpointId, ...NOTE }),
  FeedbackReceived: eventType('FeedbackReceived', { touchpointId, ...FEEDBACK }),
  MentionCaptured: eventType('MentionCaptured', { touchpointId, ...MENTION }),
  PurchaseRecorded: eventType('PurchaseRecorded', { touchpointId, ...PURCHASE }),
  PurchaseRefunded: eventType('PurchaseRefunded', { touchpointId, purchaseId: id(), ...REFUND }),
  TouchpointCorrected: eventType('TouchpointCorrected', { touchpointId, ...CORRECTION }),
  TouchpointRetracted: eventType('TouchpointRetracted', { touchpointId, ...RETRACTION }),
} as const;

export type TouchpointEvent = EventsOf<typeof touchpointEvents>;

export const SUBSCRIPTION = {
  start: {
    product: code({ example: 'broadband' }),
    plan: code({ example: 'fibre-500' }).optional,
    recurring: money({ min: 0, description: 'What is paid every interval.' }),
    interval: oneOf(INTERVALS),
    startsOn: day(),
    paidUntil: day({ description: 'Last paid day of the first term.' }).optional,
  },
  renew: { renewedOn: day(), paidUntil: day({ example: '2027-02-28' }) },
  change: {
    effectiveOn: day(),
    recurring: money({ min: 0 }).optional,
    plan: code({ example: 'fibre-900' }).optional,
  },
  cancel: {
    noticeOn: day({ description: 'When notice was given.' }),
    effectiveOn: day({ example: '2026-04-01', description: 'First day without the subscription.' }),
    reason: code({ example: 'price' }).optional,
  },
  withdraw: {
    withdrawnOn: day({ description: 'When it was withdrawn: from the day of the notice until the end.' }),
    reason: code({ example: 'changed_mind' }).optional,
  },
} as const;

const subscriptionId = id();

export const subscriptionEvents = {
  SubscriptionStarted: eventType('SubscriptionStarted', { subscriptionId, ...SUBSCRIPTION.start }),
  SubscriptionRenewed: eventType('SubscriptionRenewed', { subscriptionId, ...SUBSCRIPTION.renew }),
  SubscriptionChanged: eventType('SubscriptionChanged', { subscriptionId, ...SUBSCRIPTION.change }),
  SubscriptionCancelled: eventType('SubscriptionCancelled', { subscriptionId, ...SUBSCRIPTION.cancel }),
  /** The subscription goes on, as if notice had not been given. */
  CancellationWithdrawn: eventType('CancellationWithdrawn', { subscriptionId, ...SUBSCRIPTION.withdraw }),
  /** There never was such a subscription. */
  SubscriptionRetracted: eventType('SubscriptionRetracted', { subscriptionId, ...RETRACTION }),
} as const;

export type SubscriptionEvent = EventsOf<typeof subscriptionEvents>;
