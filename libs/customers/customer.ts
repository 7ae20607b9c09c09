/**
 * The rules of a customer's identity. A customer is registered once; contact points and external ids are not
 * linked twice; whoever was erased stays erased.
 *
 * An external id names a stream: the customer registered under it takes its id from it, and a customer that
 * is linked to it later claims that stream, so that one external id can never belong to two customers.
 */
import { changesTo, DomainError, given, type Decider } from '#kernel';
import type { ContactPoint, CustomerCommand, ExternalId } from './commands.js';
import {
  mustStand,
  type RELATIONSHIPS,
  standingRules,
  UNKNOWN,
  type CustomerEvent,
  type Standing,
} from './events.js';

export interface CustomerState {
  readonly standing: Standing;
  readonly name?: string;
  readonly relationship?: (typeof RELATIONSHIPS)[number];
  readonly customerSince?: string;
  /** `medium value` by contact point id. */
  readonly contactPoints: Readonly<Record<string, string>>;
  /** `source value` */
  readonly externalIds: readonly string[];
  readonly segment?: string;
  readonly region?: string;
  readonly unit?: string;
  readonly tags: readonly string[];
}

const MAX_CONTACT_POINTS = 50;
const MAX_TAGS = 100;

export const customer: Decider<CustomerState, CustomerCommand, CustomerEvent> = {
  name: 'customer',
  regardless: ['EraseCustomer'],
  initialState: { standing: UNKNOWN, contactPoints: {}, externalIds: [], tags: [] },

  decide: {
    RegisterCustomer(command, { standing }) {
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
      } = command;
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

    CorrectProfile({ name, relationship, customerSince }, state) {
      mustStand(state.standing);
      const changes = changesTo(state, { name, relationship, customerSince });
      return Object.keys(changes).length === 0 ? [] : [{ type: 'ProfileCorrected', data: changes }];
    },

    AddContactPoint(point, { standing, contactPoints }) {
      mustStand(standing);
      if (Object.values(contactPoints).includes(pointKey(point))) return [];
      if (Object.keys(contactPoints).length >= MAX_CONTACT_POINTS) {
        throw new DomainError(
          'customer.too_many_contact_points',
          `A customer has at most ${MAX_CONTACT_POINTS} contact points. Remove one first.`,
        );
      }
      return [{ type: 'ContactPointAdded', data: pointData(point) }];
    },

    RemoveContactPoint({ contactPointId }, { standing, contactPoints }) {
      mustStand(standing);
      return contactPoints[contactPointId] === undefined
        ? []
        : [{ type: 'ContactPointRemoved', data: { contactPointId } }];
    },

    ClaimExternalId({ source, holder }, { standing }) {
      if (standing.is === 'unknown') return [{ type: 'ExternalIdClaimed', data: { source, holder } }];
      if (standing.is === 'alias' && standing.of === holder) return [];
      if (standing.is === 'erased') mustStand(standing);
      throw new DomainError('external_id.taken', 'This external id belongs to another customer.', 'rule', {
        ...(standing.is === 'alias' ? { holder: standing.of } : {}),
      });
    },

    LinkExternalId(externalId, { standing, externalIds }) {
      mustStand(standing);
      return externalIds.includes(externalKey(externalId)) ? [] : [linked(externalId)];
    },

    AssignMarketSegment({ segment }, state) {
      mustStand(state.standing);
      return state.segment === segment ? [] : [{ type: 'MarketSegmentAssigned', data: { segment } }];
    },

    AssignRegion({ region }, state) {
      mustStand(state.standing);
      return state.region === region ? [] : [{ type: 'RegionAssigned', data: { region } }];
    },

    AssignBusinessUnit({ unit }, state) {
      mustStand(state.standing);
      return state.unit === unit ? [] : [{ type: 'BusinessUnitAssigned', data: { unit } }];
    },

    AddTag({ tag }, { standing, tags }) {
      mustStand(standing);
      if (tags.includes(tag)) return [];
      if (tags.length >= MAX_TAGS)
        throw new DomainError(
          'customer.too_many_tags',
          `A customer has at most ${MAX_TAGS} tags. Remove one first.`,
        );
      return [{ type: 'TagAdded', data: { tag } }];
    },

    RemoveTag({ tag }, { standing, tags }) {
      mustStand(standing);
      return tags.includes(tag) ? [{ type: 'TagRemoved', data: { tag } }] : [];
    },

    EraseCustomer({ reason }, { standing }) {
      if (standing.is === 'erased') return [];
      mustStand(standing);
      return [{ type: 'CustomerErased', data: { reason } }];
    },
  },

  evolve: {
    ...standingRules,
    CustomerRegistered: (state, { kind: _kind, ...profile }) => ({
      ...standingRules.CustomerRegistered(state),
      ...profile,
    }),
    ProfileCorrected: (state, data) => ({ ...state, ...data }),
    ContactPointAdded: (state, { contactPointId, medium, value = '' }) => ({
      ...state,
      contactPoints: { ...state.contactPoints, [contactPointId]: pointKey({ medium, value }) },
    }),
    ContactPointRemoved: (state, { contactPointId }) => {
      const { [contactPointId]: _removed, ...contactPoints } = state.contactPoints;
      return { ...state, contactPoints };
    },
    ExternalIdLinked: (state, { source, value = '' }) => ({
      ...state,
      externalIds: [...state.externalIds, externalKey({ source, value })],
    }),
    MarketSegmentAssigned: (state, { segment }) => ({ ...state, segment }),
    RegionAssigned: (state, { region }) => ({ ...state, region }),
    BusinessUnitAssigned: (state, { unit }) => ({ ...state, unit }),
    TagAdded: (state, { tag }) => ({ ...state, tags: [...state.tags, tag] }),
    TagRemoved: (state, { tag }) => ({ ...state, tags: state.tags.filter((other) => other !== tag) }),
    CustomerErased: () => ({ ...customer.initialState, standing: { is: 'erased' } }),
  },
};

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
