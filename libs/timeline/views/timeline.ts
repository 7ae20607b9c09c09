/**
 * The timeline: one entry for everything that happened with a customer, at the place where it happened. A
 * correction changes the entry and stays visible on it; a retraction strikes it out and leaves it there.
 */
import { customerOf, type JsonObject, type Recorded } from '#kernel';
import { customerEvents, type CustomerEvent } from '#customers/events.js';
import { view, type View } from '#projections/index.js';
import { defectionEvents, riskEvents, type DefectionEvent, type RiskEvent } from '#retention/events.js';
import {
  subscriptionEvents,
  touchpointEvents,
  type SubscriptionEvent,
  type TouchpointEvent,
} from '#touchpoints/events.js';

export type TimelineEvent = CustomerEvent | TouchpointEvent | SubscriptionEvent | DefectionEvent | RiskEvent;

export interface Entry {
  /** The touchpoint's id, or the event's own. */
  readonly id: string;
  readonly customerId: string;
  /** Of the event that made the entry. */
  readonly type: TimelineEvent['type'];
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly revision: string;
  readonly actor: { readonly id: string; readonly role: string };
  readonly channel?: string;
  /** What else the event says, without what is personal. */
  readonly data: JsonObject;
  readonly personal?: JsonObject;
  readonly corrections?: readonly Correction[];
  readonly retracted?: Mark;
}

interface Mark {
  readonly recordedAt: string;
  readonly actor: { readonly id: string; readonly role: string };
  readonly reason: string;
}

interface Correction extends Mark {
  /** Names of the fields corrected, and what those that are not personal were before. */
  readonly fields: readonly string[];
  readonly was: JsonObject;
}

export const TIMELINE = { name: 'timeline', version: '2' } as const;

/** Kinds of entries of which the newest are asked for by themselves. */
export const LISTED = ['NoteAdded', 'InteractionRecorded', 'FeedbackReceived'] as const;

/** The list of a customer's entries of a kind, or of those that say its mood, in the order of the timeline. */
export const listOf = (customer: string, kind: (typeof LISTED)[number] | 'mood'): string =>
  `${customer}/${kind}`;

const types = {
  ...customerEvents,
  ...touchpointEvents,
  ...subscriptionEvents,
  ...defectionEvents,
  ...riskEvents,
};

type Fold = (before: Entry | null, event: Recorded<TimelineEvent>) => Entry | null;

const special = {
  TouchpointCorrected: (
    before: Entry | null,
    event: Recorded<Extract<TimelineEvent, { type: 'TouchpointCorrected' }>>,
  ) => (before === null ? null : corrected(before, event)),
  TouchpointRetracted: (
    before: Entry | null,
    event: Recorded<Extract<TimelineEvent, { type: 'TouchpointRetracted' }>>,
  ) => (before === null ? null : { ...before, retracted: markOf(event) }),
  CustomerErased: (
    before: Entry | null,
    event: Recorded<Extract<TimelineEvent, { type: 'CustomerErased' }>>,
  ) => (before === null ? entryOf(event) : withoutPersonal(before)),
};

/** Every type the catalogue has for a customer makes an entry, but for the three above. */
const on = {
  ...Object.fromEntries(
    Object.keys(types).map((type) => [type, ((_, event) => entryOf(event)) satisfies Fold]),
  ),
  ...special,
} as View<Entry, TimelineEvent>['on']; // one fold for every key of `types`, which are the event types

export const timelineView: View<Entry, TimelineEvent> = view<Entry, TimelineEvent>({
  ...TIMELINE,
  on,
  key: nameOf,
  spread: { CustomerErased: ({ stream }) => customerOf(stream) ?? '' },
  begins: (Object.keys(types) as TimelineEvent['type'][]).filter((type) => !(type in special)),
  lists: listsOf,
});

/** What was retracted stays on the timeline, and on no list of a kind. */
function listsOf({ customerId, occurredAt, revision, type, data, retracted }: Entry) {
  const sort = `${occurredAt}/${revision.padStart(10, '0')}`;
  const kind = retracted ? undefined : LISTED.find((one) => one === type);
  return [
    { list: customerId, sort },
    ...(kind === undefined ? [] : [{ list: listOf(customerId, kind), sort }]),
    ...(retracted || data['mood'] === undefined ? [] : [{ list: listOf(customerId, 'mood'), sort }]),
  ];
}

/** The entry is the touchpoint's, where the event is about one. */
function nameOf({ data, id }: Recorded<TimelineEvent>): string {
  return 'touchpointId' in data ? data.touchpointId : id;
}

function entryOf(event: Recorded<TimelineEvent>): Entry {
  const { touchpointId: _id, channel, ...rest } = event.data as { touchpointId?: string; channel?: string };
  const [data, personal] = split(event.type, rest);
  return {
    id: nameOf(event),
    customerId: customerOf(event.stream) ?? '',
    type: event.type,
    occurredAt: event.occurredAt,
    recordedAt: event.recordedAt,
    revision: String(event.revision),
    actor: event.actor,
    ...(channel === undefined ? {} : { channel }),
    data,
    ...(Object.keys(personal).length === 0 ? {} : { personal }),
  };
}

function corrected(
  before: Entry,
  event: Recorded<Extract<TimelineEvent, { type: 'TouchpointCorrected' }>>,
): Entry {
  const {
    touchpointId: _id,
    reason: _reason,
    occurredAt = before.occurredAt,
    channel = before.channel,
    ...changes
  } = event.data;
  const [data, personal] = split(event.type, changes);
  const fields = Object.keys(event.data).filter((field) => field !== 'touchpointId' && field !== 'reason');
  const known: JsonObject = {
    ...before.data,
    occurredAt: before.occurredAt,
    ...(before.channel === undefined ? {} : { channel: before.channel }),
  };
  const was = Object.fromEntries(
    fields.filter((field) => known[field] !== undefined).map((field) => [field, known[field]!]),
  );
  const after = { ...before, occurredAt, data: { ...before.data, ...data } };
  return {
    ...after,
    ...(channel === undefined ? {} : { channel }),
    ...(before.personal || Object.keys(personal).length > 0
      ? { personal: { ...before.personal, ...personal } }
      : {}),
    corrections: [...(before.corrections ?? []), { ...markOf(event), fields, was }],
  };
}

const markOf = ({
  recordedAt,
  actor,
  data,
}: Recorded<Extract<TimelineEvent, { data: { reason: string } }>>): Mark => ({
  recordedAt,
  actor,
  reason: data.reason,
});

function withoutPersonal({ personal: _gone, ...entry }: Entry): Entry {
  return entry;
}

function split(type: TimelineEvent['type'], fields: object): [data: JsonObject, personal: JsonObject] {
  const data: Record<string, JsonObject[string]> = {};
  const personal: Record<string, JsonObject[string]> = {};
  const secret = types[type].personal;
  for (const [field, value] of Object.entries(fields))
    (secret.includes(field) ? personal : data)[field] = value as JsonObject[string];
  return [data, personal];
}
