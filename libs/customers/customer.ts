/**
 * The rules of a customer's identity. A customer is registered once; contact points and external ids are not
 * linked twice; whoever was erased stays erased.
 *
 * An external id names a stream: the customer registered under it takes its id from it, and a customer that
 * is linked to it later claims that stream, so that one external id can never belong to two customers.
 */
import { changesTo, DomainError, given, type Decider, type Said } from '#kernel';
import {
  mustStand,
  type ERASURE,
  type EXTERNAL_ID,
  type PROFILE_FIELDS,
  type REGION,
  type REGISTRATION,
  type RELATIONSHIPS,
  type SEGMENT,
  standingRules,
  type TAG,
  type UNIT,
  UNKNOWN,
  type CustomerEvent,
  type Medium,
  type Standing,
} from './events.js';

/** A contact point as it is kept. */
export interface ContactPoint {
  readonly contactPointId: string;
  readonly medium: Medium;
  readonly value: string;
  readonly label?: string;
}

export type ExternalId = Said<typeof EXTERNAL_ID>;

type Registration = Omit<Said<typeof REGISTRATION>, 'contactPoints' | 'tags'> & {
  readonly contactPoints: readonly ContactPoint[];
  readonly tags: readonly string[];
};

type Asks<K extends string, Data> = { readonly type: K; readonly data: Data };

/** What can be asked of a customer's identity and relationship. Values come in normalised. */
export type CustomerCommand =
  | Asks<'RegisterCustomer', Registration>
  | Asks<'CorrectProfile', Said<typeof PROFILE_FIELDS>>
  | Asks<'AddContactPoint', ContactPoint>
  | Asks<'RemoveContactPoint', Pick<ContactPoint, 'contactPointId'>>
  /** Claimed on the stream that the external id names, then linked on the customer's own. */
  | Asks<'ClaimExternalId', Pick<ExternalId, 'source'> & { readonly holder: string }>
  | Asks<'LinkExternalId', ExternalId>
  | Asks<'AssignMarketSegment', Said<typeof SEGMENT>>
  | Asks<'AssignRegion', Said<typeof REGION>>
  | Asks<'AssignBusinessUnit', Said<typeof UNIT>>
  | Asks<'AddTag', Said<typeof TAG>>
  | Asks<'RemoveTag', Said<typeof TAG>>
  | Asks<'EraseCustomer', Said<typeof ERASURE>>;

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

    CorrectProfile({ data: { name, relationship, customerSince } }, state) {
      mustStand(state.standing);
      const changes = changesTo(state, { name, relationship, customerSince });
      return Object.keys(changes).length === 0 ? [] : [{ type: 'ProfileCorrected', data: changes }];
    },

    AddContactPoint({ data: point }, { standing, contactPoints }) {
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

    RemoveContactPoint({ data: { contactPointId } }, { standing, contactPoints }) {
      mustStand(standing);
      return contactPoints[contactPointId] === undefined
        ? []
        : [{ type: 'ContactPointRemoved', data: { contactPointId } }];
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

    AssignMarketSegment({ data: { segment } }, state) {
      mustStand(state.standing);
      return state.segment === segment ? [] : [{ type: 'MarketSegmentAssigned', data: { segment } }];
    },

    AssignRegion({ data: { region } }, state) {
      mustStand(state.standing);
      return state.region === region ? [] : [{ type: 'RegionAssigned', data: { region } }];
    },

    AssignBusinessUnit({ data: { unit } }, state) {
      mustStand(state.standing);
      return state.unit === unit ? [] : [{ type: 'BusinessUnitAssigned', data: { unit } }];
    },

    AddTag({ data: { tag } }, { standing, tags }) {
      mustStand(standing);
      if (tags.includes(tag)) return [];
      if (tags.length >= MAX_TAGS)
        throw new DomainError(
          'customer.too_many_tags',
          `A customer has at most ${MAX_TAGS} tags. Remove one first.`,
        );
      return [{ type: 'TagAdded', data: { tag } }];
    },

    RemoveTag({ data: { tag } }, { standing, tags }) {
      mustStand(standing);
      return tags.includes(tag) ? [{ type: 'TagRemoved', data: { tag } }] : [];
    },

    EraseCustomer({ data: { reason } }, { standing }) {
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
