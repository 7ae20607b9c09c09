/** What can happen to a customer's identity and relationship. */
import {
  code,
  dayText,
  DomainError,
  eventType,
  id,
  oneOf,
  optional,
  shape,
  text,
  type CustomerId,
  type EventsOf,
} from '#kernel';

export const KINDS = ['person', 'organisation'] as const;
export const RELATIONSHIPS = ['prospect', 'customer'] as const;
export const MEDIA = ['email', 'phone', 'postal', 'social'] as const;

export const customerEvents = {
  CustomerRegistered: eventType(
    'CustomerRegistered',
    shape({
      kind: oneOf(KINDS),
      relationship: oneOf(RELATIONSHIPS),
      name: optional(text(200)),
      /** First day of the relationship, where history before Touchstone is missing. */
      customerSince: optional(dayText()),
    }),
  ),
  ProfileCorrected: eventType(
    'ProfileCorrected',
    shape({
      name: optional(text(200)),
      relationship: optional(oneOf(RELATIONSHIPS)),
      customerSince: optional(dayText()),
    }),
  ),
  ContactPointAdded: eventType(
    'ContactPointAdded',
    shape({
      contactPointId: id(),
      medium: oneOf(MEDIA),
      value: optional(text(400)),
      label: optional(code()),
    }),
  ),
  ContactPointRemoved: eventType('ContactPointRemoved', shape({ contactPointId: id() })),
  ExternalIdLinked: eventType('ExternalIdLinked', shape({ source: code(), value: optional(text(200)) })),
  /** On the stream that the external id names, when another customer holds it: this identity is that customer. */
  ExternalIdClaimed: eventType('ExternalIdClaimed', shape({ source: code(), holder: id() })),
  MarketSegmentAssigned: eventType('MarketSegmentAssigned', shape({ segment: code() })),
  RegionAssigned: eventType('RegionAssigned', shape({ region: code() })),
  BusinessUnitAssigned: eventType('BusinessUnitAssigned', shape({ unit: code() })),
  TagAdded: eventType('TagAdded', shape({ tag: code() })),
  TagRemoved: eventType('TagRemoved', shape({ tag: code() })),
  /** The personal fields of all the customer's events can no longer be read. */
  CustomerErased: eventType('CustomerErased', shape({ reason: code() }), { erases: true }),
} as const;

export type CustomerEvent = EventsOf<typeof customerEvents>;

/** Whether there is a customer here to do anything with: the slice every context's decider folds first. */
export type Standing =
  | { readonly is: 'unknown' }
  | { readonly is: 'alias'; readonly of: CustomerId }
  | { readonly is: 'registered' }
  | { readonly is: 'erased' };

export const UNKNOWN: Standing = { is: 'unknown' };

/** Evolves the `standing` of any decider's state on a customer's stream. */
export const standingRules = {
  CustomerRegistered: <S extends { standing: Standing }>(state: S): S => ({
    ...state,
    standing: { is: 'registered' },
  }),
  ExternalIdClaimed: <S extends { standing: Standing }>(state: S, { holder }: { holder: string }): S => ({
    ...state,
    standing: { is: 'alias', of: holder as CustomerId },
  }),
  CustomerErased: <S extends { standing: Standing }>(state: S): S => ({
    ...state,
    standing: { is: 'erased' },
  }),
};

export type StandingEvent = Extract<CustomerEvent, { type: keyof typeof standingRules }>;

/** @throws `customer.not_found`, `customer.alias` (with the holder), `customer.erased` */
export function mustStand(standing: Standing): void {
  switch (standing.is) {
    case 'registered':
      return;
    case 'unknown':
      throw new DomainError(
        'customer.not_found',
        'There is no such customer. Register it first.',
        'not_found',
      );
    case 'alias':
      throw new DomainError('customer.alias', `This identity belongs to customer ${standing.of}.`, 'gone', {
        successor: standing.of,
      });
    case 'erased':
      throw new DomainError('customer.erased', 'This customer was erased; nothing can be added.', 'gone');
    default:
      standing satisfies never;
  }
}

export type Medium = (typeof MEDIA)[number];

/** The list in which whoever has this contact point is found. `hash` is keyed: no list is named after a phone number. */
export const contactList = (hash: (value: string) => string, medium: Medium, value: string): string =>
  `${medium}:${hash(`${medium} ${value}`)}`;

/** The profile, as every context may read it: the view by its name, and its document. */
export const PROFILE = { name: 'profile', version: '1' } as const;

export interface Profile {
  readonly customerId: CustomerId;
  readonly standing: 'registered' | 'erased' | 'alias';
  /** The customer this identity belongs to, for an alias. */
  readonly holder?: string;
  readonly kind?: string;
  readonly relationship?: string;
  readonly customerSince?: string;
  readonly registeredAt?: string;
  readonly erasedAt?: string;
  readonly segment?: string;
  readonly region?: string;
  readonly unit?: string;
  readonly tags: readonly string[];
  readonly revision: string;
  /** Shown only to those who may see who a customer is. */
  readonly personal?: PersonalProfile;
}

export interface PersonalProfile {
  readonly name?: string;
  readonly contactPoints: readonly {
    readonly contactPointId: string;
    readonly medium: Medium;
    readonly value?: string;
    readonly label?: string;
  }[];
  readonly externalIds: readonly { readonly source: string; readonly value?: string }[];
}
