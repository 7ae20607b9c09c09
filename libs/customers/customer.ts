/**
 * The rules of a customer's identity. A customer is registered once; contact points and external ids are not
 * linked twice; an erased customer stays erased. What changes over time is a history, and what is so already is judged at
 * the time that a command is for.
 *
 * An external id names a stream: the customer registered under it takes its id from it, and a customer that
 * is linked to it later claims that stream, so that one external id can never belong to two customers.
 */
import { Map } from 'immutable';
import {
  changesTo,
  DomainError,
  entered,
  given,
  inForce,
  present,
  type Decider,
  type History,
  type Instant,
} from '#kernel';
import type { ContactPoint, CustomerCommand, ExternalId } from './customer-command.js';
import {
  mustStand,
  type RELATIONSHIPS,
  standingRules,
  UNKNOWN,
  type CustomerEvent,
  type Standing,
} from './events.js';

type Relationship = (typeof RELATIONSHIPS)[number];

interface Point {
  readonly contactPointId: string;
  readonly labels: History<string | undefined>;
}

export interface CustomerState {
  readonly standing: Standing;
  readonly name: History<string>;
  readonly relationship: History<Relationship>;
  readonly customerSince: History<string>;
  /** By `medium value`. */
  readonly contactPoints: Readonly<Record<string, Point>>;
  /** `source value` */
  readonly externalIds: readonly string[];
  readonly segment: History<string>;
  readonly region: History<string>;
  readonly unit: History<string>;
  /** By tag: is it on? */
  readonly tags: Map<string, History<boolean>>;
}

const NOTHING_KNOWN: Omit<CustomerState, 'standing'> = {
  name: [],
  relationship: [],
  customerSince: [],
  contactPoints: {},
  externalIds: [],
  segment: [],
  region: [],
  unit: [],
  tags: Map(),
};

const MAX_CONTACT_POINTS = 50;
const MAX_TAGS = 100;

export const customer: Decider<CustomerState, CustomerCommand, CustomerEvent> = {
  name: 'customer',
  regardless: ['EraseCustomer'],
  initialState: { standing: UNKNOWN, ...NOTHING_KNOWN },

  decide: {
    RegisterCustomer({ data }, { standing }) {
      if (standing.is === 'registered') {
        throw new DomainError('customer.exists', 'This customer is registered already.', 'rule');
      }
      if (standing.is !== 'unknown') mustStand(standing);
      const {
        kind,
        relationship = 'prospect',
        name,
        customerSince,
        contactPoints,
        externalId,
        segment,
        region,
        unit,
        tags,
      } = data;
      return [
        { type: 'CustomerRegistered', data: { kind, relationship, ...given({ name, customerSince }) } },
        ...(externalId ? [linked(externalId)] : []),
        ...contactPoints.map((point) => ({ type: 'ContactPointAdded', data: pointData(point) }) as const),
        ...(segment === undefined ? [] : [{ type: 'MarketSegmentAssigned', data: { segment } } as const]),
        ...(region === undefined ? [] : [{ type: 'RegionAssigned', data: { region } } as const]),
        ...(unit === undefined ? [] : [{ type: 'BusinessUnitAssigned', data: { unit } } as const]),
        ...[...new Set(tags)].map((tag) => ({ type: 'TagAdded', data: { tag } }) as const),
      ];
    },

    CorrectProfile({ data: { name, relationship, customerSince } }, state, at) {
      mustStand(state.standing);
      const current = {
        name: inForce(state.name, at),
        relationship: inForce(state.relationship, at),
        customerSince: inForce(state.customerSince, at),
      };
      const changes = changesTo(current, { name, relationship, customerSince });
      return Object.keys(changes).length === 0 ? [] : [{ type: 'ProfileCorrected', data: changes }];
    },

    AddContactPoint({ data: point }, { standing, contactPoints }, at) {
      mustStand(standing);
      const added = { type: 'ContactPointAdded', data: pointData(point) } as const;
      const known = contactPoints[pointKey(point)];
      if (known !== undefined) {
        if (point.label === undefined || hasLabel(known, point.label, at)) return [];
        // Under another label it is another contact point, and the one of the later label stays.
        const { contactPointId } = isLater(at, known) ? known : point;
        return [added, { type: 'ContactPointRemoved', data: { contactPointId } }];
      }
      if (Object.keys(contactPoints).length >= MAX_CONTACT_POINTS) {
        throw new DomainError(
          'customer.too_many_contact_points',
          `A customer has at most ${MAX_CONTACT_POINTS} contact points. Remove one first.`,
        );
      }
      return [added];
    },

    RemoveContactPoint({ data: { contactPointId } }, { standing, contactPoints }) {
      mustStand(standing);
      return Object.values(contactPoints).some((point) => point.contactPointId === contactPointId)
        ? [{ type: 'ContactPointRemoved', data: { contactPointId } }]
        : [];
    },

    ClaimExternalId({ data: { source, holder } }, { standing }) {
      if (standing.is === 'unknown') return [{ type: 'ExternalIdClaimed', data: { source, holder } }];
      if (standing.is === 'alias' && standing.of === holder) return [];
      if (standing.is === 'erased') mustStand(standing);
      throw new DomainError('external_id.taken', 'This external id belongs to another customer.', 'rule', {
        ...(standing.is === 'alias' ? { holder: standing.of } : {}),
      });
    },

    LinkExternalId({ data: externalId }, { standing, externalIds }) {
      mustStand(standing);
      return externalIds.includes(externalKey(externalId)) ? [] : [linked(externalId)];
    },

    AssignMarketSegment({ data: { segment } }, state, at) {
      mustStand(state.standing);
      return inForce(state.segment, at) === segment
        ? []
        : [{ type: 'MarketSegmentAssigned', data: { segment } }];
    },

    AssignRegion({ data: { region } }, state, at) {
      mustStand(state.standing);
      return inForce(state.region, at) === region ? [] : [{ type: 'RegionAssigned', data: { region } }];
    },

    AssignBusinessUnit({ data: { unit } }, state, at) {
      mustStand(state.standing);
      return inForce(state.unit, at) === unit ? [] : [{ type: 'BusinessUnitAssigned', data: { unit } }];
    },

    AddTag({ data: { tag } }, { standing, tags }, at) {
      mustStand(standing);
      if (isTagged(tags, tag, at)) return [];
      if (tags.delete(tag).count((history) => present(history) === true) >= MAX_TAGS)
        throw new DomainError(
          'customer.too_many_tags',
          `A customer has at most ${MAX_TAGS} tags. Remove one first.`,
        );
      return [{ type: 'TagAdded', data: { tag } }];
    },

    RemoveTag({ data: { tag } }, { standing, tags }, at) {
      mustStand(standing);
      return isTagged(tags, tag, at) ? [{ type: 'TagRemoved', data: { tag } }] : [];
    },

    EraseCustomer({ data: { reason } }, { standing }) {
      if (standing.is === 'erased') return [];
      mustStand(standing);
      return [{ type: 'CustomerErased', data: { reason } }];
    },
  },

  evolve: {
    ...standingRules,
    CustomerRegistered: (state, profile, at) =>
      withProfile(standingRules.CustomerRegistered(state), profile, at),
    ProfileCorrected: withProfile,
    ContactPointAdded: (state, { contactPointId, medium, value = '', label }, at) => {
      const key = pointKey({ medium, value });
      const known = state.contactPoints[key] ?? { contactPointId, labels: [] };
      const point = {
        contactPointId: isLater(at, known) ? contactPointId : known.contactPointId,
        labels: entered(known.labels, at, label),
      };
      return { ...state, contactPoints: { ...state.contactPoints, [key]: point } };
    },
    ContactPointRemoved: (state, { contactPointId }) => ({
      ...state,
      contactPoints: Object.fromEntries(
        Object.entries(state.contactPoints).filter(([, point]) => point.contactPointId !== contactPointId),
      ),
    }),
    ExternalIdLinked: (state, { source, value = '' }) => ({
      ...state,
      externalIds: [...state.externalIds, externalKey({ source, value })],
    }),
    MarketSegmentAssigned: (state, { segment }, at) => ({
      ...state,
      segment: entered(state.segment, at, segment),
    }),
    RegionAssigned: (state, { region }, at) => ({ ...state, region: entered(state.region, at, region) }),
    BusinessUnitAssigned: (state, { unit }, at) => ({ ...state, unit: entered(state.unit, at, unit) }),
    TagAdded: (state, { tag }, at) => withTag(state, tag, true, at),
    TagRemoved: (state, { tag }, at) => withTag(state, tag, false, at),
    CustomerErased: () => ({ standing: { is: 'erased' }, ...NOTHING_KNOWN }),
  },
};

interface Profile {
  readonly name?: string;
  readonly relationship?: Relationship;
  readonly customerSince?: string;
}

function withProfile(
  state: CustomerState,
  { name, relationship, customerSince }: Profile,
  at: Instant,
): CustomerState {
  return {
    ...state,
    ...(name !== undefined && { name: entered(state.name, at, name) }),
    ...(relationship !== undefined && { relationship: entered(state.relationship, at, relationship) }),
    ...(customerSince !== undefined && { customerSince: entered(state.customerSince, at, customerSince) }),
  };
}

const withTag = (state: CustomerState, tag: string, isOn: boolean, at: Instant): CustomerState => ({
  ...state,
  tags: state.tags.set(tag, entered(state.tags.get(tag) ?? [], at, isOn)),
});

const isTagged = (tags: CustomerState['tags'], tag: string, at: Instant): boolean =>
  inForce(tags.get(tag) ?? [], at) === true;

/** Is it after what is known of the contact point, or at the same time? */
const isLater = (at: Instant, { labels }: Point): boolean => (labels.at(-1)?.[0] ?? '') <= at;

const hasLabel = ({ labels }: Point, label: string, at: Instant): boolean =>
  label === (inForce(labels, at) ?? present(labels));

const pointKey = ({ medium, value }: Pick<ContactPoint, 'medium' | 'value'>): string => `${medium} ${value}`;
const externalKey = ({ source, value }: ExternalId): string => `${source} ${value}`;

const linked = ({ source, value }: ExternalId) =>
  ({ type: 'ExternalIdLinked', data: { source, value } }) as const;

const pointData = ({ contactPointId, medium, value, label }: ContactPoint) => ({
  contactPointId,
  medium,
  value,
  ...given({ label }),
});
