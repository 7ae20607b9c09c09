/**
 * What to know before picking up the phone: who it is, what was last said and in which mood, what they are
 * worth. One document a customer, found by phone number in one look-up.
 */
import { customerOf, type Recorded } from '#kernel';
import { contactList, type CustomerEvent, type Medium } from '#customers/events.js';
import { view, type View } from '#projections/index.js';
import type { SubscriptionEvent, TouchpointEvent } from '#touchpoints/events.js';

interface Dated {
  readonly id: string;
  readonly at: string;
}

export interface Brief {
  readonly customerId: string;
  readonly revision: string;
  readonly kind?: string;
  readonly relationship?: string;
  readonly segment?: string;
  readonly unit?: string;
  readonly region?: string;
  readonly moods: readonly (Dated & { readonly mood: string })[];
  readonly contacts: readonly (Dated & {
    readonly channel: string;
    readonly direction: string;
    readonly outcome?: string;
  })[];
  readonly feedback: readonly (Dated & {
    readonly polarity: string;
    readonly survey: string;
    readonly score?: number;
  })[];
  /** Minor units by purchase, net of refunds, by currency. */
  readonly bought: Readonly<
    Record<string, { readonly at: string; readonly minor: number; readonly currency: string }>
  >;
  readonly refunds: Readonly<Record<string, { readonly of: string; readonly minor: number }>>;
  readonly subscriptions: Readonly<Record<string, { readonly product: string; readonly endsOn?: string }>>;
  readonly personal?: Personal;
}

interface Personal {
  readonly name?: string;
  readonly contactPoints: Readonly<Record<string, { readonly medium: Medium; readonly value: string }>>;
  readonly notes: readonly (Dated & { readonly text?: string; readonly treatment?: string })[];
}

const KEPT = 10;
const NOTHING: Personal = { contactPoints: {}, notes: [] };

export const BRIEF = { name: 'brief', version: '1' } as const;

type BriefEvent = Extract<
  CustomerEvent | TouchpointEvent | SubscriptionEvent,
  {
    type:
      | 'CustomerRegistered' | 'ProfileCorrected' | 'ContactPointAdded' | 'ContactPointRemoved' | 'CustomerErased'
      | 'MarketSegmentAssigned' | 'BusinessUnitAssigned' | 'RegionAssigned'
      | 'InteractionRecorded' | 'NoteAdded' | 'FeedbackReceived'
      | 'PurchaseRecorded' | 'PurchaseRefunded' | 'TouchpointCorrected' | 'TouchpointRetracted'
      | 'SubscriptionStarted' | 'SubscriptionCancelled';
  }
>; // prettier-ignore

export const briefView = (hash: (value: string) => string): View<Brief, BriefEvent> =>
  view<Brief, BriefEvent>({
    ...BRIEF,
    key: ({ stream }) => customerOf(stream),

    on: {
      CustomerRegistered: (before, event) => {
        const { name, kind, relationship } = event.data;
        return named({ ...begin(before, event), kind, relationship }, name);
      },
      ProfileCorrected: (before, event) => {
        const { name, relationship } = event.data;
        return named({ ...begin(before, event), ...(relationship && { relationship }) }, name);
      },
      ContactPointAdded: (before, event) => {
        const { contactPointId, medium, value } = event.data;
        if (value === undefined) return begin(before, event);
        return known(begin(before, event), ({ contactPoints }) => ({
          contactPoints: { ...contactPoints, [contactPointId]: { medium, value } },
        }));
      },
      ContactPointRemoved: (before, event) =>
        known(begin(before, event), ({ contactPoints }) => ({
          contactPoints: without(contactPoints, event.data.contactPointId),
        })),
      CustomerErased: (before, event) => {
        const { personal: _gone, ...brief } = begin(before, event);
        return brief;
      },
      MarketSegmentAssigned: (before, event) => ({ ...begin(before, event), segment: event.data.segment }),
      BusinessUnitAssigned: (before, event) => ({ ...begin(before, event), unit: event.data.unit }),
      RegionAssigned: (before, event) => ({ ...begin(before, event), region: event.data.region }),

      InteractionRecorded: (before, event) => {
        const { touchpointId: id, channel, direction, outcome, mood } = event.data;
        const contact = { id, at: event.occurredAt, channel, direction, ...(outcome && { outcome }) };
        const brief = begin(before, event);
        return inMood({ ...brief, contacts: newest([...brief.contacts, contact]) }, event, mood);
      },
      NoteAdded: (before, event) => {
        const { touchpointId: id, text, treatment, mood } = event.data;
        const note = { id, at: event.occurredAt, ...(text && { text }), ...(treatment && { treatment }) };
        return inMood(
          known(begin(before, event), ({ notes }) => ({ notes: newest([...notes, note]) })),
          event,
          mood,
        );
      },
      FeedbackReceived: (before, event) => {
        const { touchpointId: id, polarity, survey, score } = event.data;
        const brief = begin(before, event);
        const feedback = {
          id,
          at: event.occurredAt,
          polarity,
          survey,
          ...(score !== undefined && { score }),
        };
        return { ...brief, feedback: newest([...brief.feedback, feedback]) };
      },
      PurchaseRecorded: (before, event) => {
        const { touchpointId, amount } = event.data;
        const brief = begin(before, event);
        return { ...brief, bought: { ...brief.bought, [touchpointId]: { at: event.occurredAt, ...amount } } };
      },
      PurchaseRefunded: (before, event) => {
        const { touchpointId, purchaseId, amount } = event.data;
        const brief = begin(before, event);
        const refunds = { ...brief.refunds, [touchpointId]: { of: purchaseId, minor: amount.minor } };
        return refund({ ...brief, refunds }, purchaseId, amount.minor);
      },
      TouchpointCorrected: (before, event) => corrected(begin(before, event), event),
      TouchpointRetracted: (before, event) => retracted(begin(before, event), event.data.touchpointId),
      SubscriptionStarted: (before, event) => {
        const { subscriptionId, product } = event.data;
        const brief = begin(before, event);
        return { ...brief, subscriptions: { ...brief.subscriptions, [subscriptionId]: { product } } };
      },
      SubscriptionCancelled: (before, event) => {
        const { subscriptionId, effectiveOn } = event.data;
        const brief = begin(before, event);
        const subscription = brief.subscriptions[subscriptionId];
        if (!subscription) return brief;
        return {
          ...brief,
          subscriptions: {
            ...brief.subscriptions,
            [subscriptionId]: { ...subscription, endsOn: effectiveOn },
          },
        };
      },
    },

    lists: ({ personal }) =>
      [
        ...new Set(
          Object.values(personal?.contactPoints ?? {}).map(({ medium, value }) =>
            contactList(hash, medium, value),
          ),
        ),
      ].map((list) => ({ list, sort: '' })),
  });

function begin(before: Brief | null, { stream, revision }: Recorded): Brief {
  const empty = { moods: [], contacts: [], feedback: [], bought: {}, refunds: {}, subscriptions: {} };
  return { ...(before ?? { customerId: customerOf(stream) ?? '', ...empty }), revision: String(revision) };
}

const known = (brief: Brief, change: (personal: Personal) => Partial<Personal>): Brief => {
  const personal = brief.personal ?? NOTHING;
  return { ...brief, personal: { ...personal, ...change(personal) } };
};

const named = (brief: Brief, name: string | undefined): Brief =>
  name === undefined ? brief : known(brief, () => ({ name }));

const inMood = (
  brief: Brief,
  { occurredAt, data }: Recorded<Extract<TouchpointEvent, { type: 'NoteAdded' | 'InteractionRecorded' }>>,
  mood: string | undefined,
): Brief =>
  mood === undefined
    ? brief
    : { ...brief, moods: newest([...brief.moods, { id: data.touchpointId, at: occurredAt, mood }]) };

/** The newest by the time they happened; late ones find their place. */
const newest = <T extends Dated>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, KEPT);

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _out, ...rest } = record;
  return rest;
}

function refund(brief: Brief, purchaseId: string, minor: number): Brief {
  const purchase = brief.bought[purchaseId];
  if (!purchase) return brief;
  return {
    ...brief,
    bought: { ...brief.bought, [purchaseId]: { ...purchase, minor: purchase.minor - minor } },
  };
}

type Correction = Extract<TouchpointEvent, { type: 'TouchpointCorrected' }>['data'];

function corrected(brief: Brief, { data }: { readonly data: Correction }): Brief {
  const {
    touchpointId,
    occurredAt,
    mood,
    text,
    treatment,
    amount,
    outcome,
    channel,
    direction,
    polarity,
    score,
  } = data;
  const at = occurredAt === undefined ? {} : { at: occurredAt };
  const fix = <T extends Dated>(items: readonly T[], changes: object): T[] =>
    newest(items.map((item) => (item.id === touchpointId ? { ...item, ...at, ...changes } : item)));
  const purchase = brief.bought[touchpointId];
  const refunded = Object.values(brief.refunds).reduce(
    (sum, { of, minor }) => (of === touchpointId ? sum + minor : sum),
    0,
  );
  const after: Brief = {
    ...brief,
    moods: fix(brief.moods, { ...(mood && { mood }) }),
    contacts: fix(brief.contacts, {
      ...(outcome && { outcome }),
      ...(channel && { channel }),
      ...(direction && { direction }),
    }),
    feedback: fix(brief.feedback, { ...(polarity && { polarity }), ...(score !== undefined && { score }) }),
    bought:
      purchase === undefined
        ? brief.bought
        : {
            ...brief.bought,
            [touchpointId]: {
              ...purchase,
              ...at,
              ...(amount && { ...amount, minor: amount.minor - refunded }),
            },
          },
  };
  return brief.personal === undefined
    ? after
    : known(after, ({ notes }) => ({
        notes: fix(notes, { ...(text && { text }), ...(treatment && { treatment }) }),
      }));
}

function retracted(brief: Brief, touchpointId: string): Brief {
  const others = <T extends Dated>(items: readonly T[]): T[] => items.filter(({ id }) => id !== touchpointId);
  const refundTaken = brief.refunds[touchpointId];
  const after: Brief = {
    ...brief,
    moods: others(brief.moods),
    contacts: others(brief.contacts),
    feedback: others(brief.feedback),
    bought: without(brief.bought, touchpointId),
    refunds: without(brief.refunds, touchpointId),
  };
  const restored = refundTaken === undefined ? after : refund(after, refundTaken.of, -refundTaken.minor);
  return brief.personal === undefined ? restored : known(restored, ({ notes }) => ({ notes: others(notes) }));
}
