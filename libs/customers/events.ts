/** What can happen to a customer's identity and relationship. */
import {
  code,
  customerId,
  day,
  DomainError,
  email,
  eventType,
  id,
  listOf,
  nested,
  oneOf,
  phone,
  text,
  type CustomerId,
  type EventsOf,
} from '#kernel';

export const KINDS = ['person', 'organisation'] as const;
export const RELATIONSHIPS = ['prospect', 'customer'] as const;
export const MEDIA = ['email', 'phone', 'postal', 'social'] as const;

export const PROFILE_FIELDS = {
  name: text(200, { example: 'Ada Lovelace' }).optional,
  relationship: oneOf(RELATIONSHIPS).optional,
  customerSince: day({
    description: 'First day of the relationship, where earlier history is missing.',
  }).optional,
} as const;

/** A contact point as it is sent: exactly one of the four. */
export const CONTACT_POINT = {
  email: email({ description: 'Kept in lower case.' }).optional,
  phone: phone({ description: 'With country code; kept as E.164.' }).optional,
  postal: text(400, { multiline: true, example: '1 High Street, Oxford OX1 4AA' }).optional,
  social: text(200, { example: 'mastodon:@ada@example.org' }).optional,
  label: code({ example: 'home' }).optional,
} as const;

export const EXTERNAL_ID = {
  source: code({ example: 'shop', description: 'The system that gave the id.' }),
  value: text(200, { example: 'C-10045' }),
} as const;

export const SEGMENT = { segment: code({ example: 'premium' }) } as const;
export const REGION = { region: code({ example: 'uk-south' }) } as const;
export const UNIT = { unit: code({ example: 'retail' }) } as const;
export const TAG = { tag: code({ example: 'newsletter' }) } as const;
export const ERASURE = {
  reason: code({ example: 'gdpr_request', description: 'Why. A code, not a text: it is kept.' }),
} as const;

/** All that may be known of a customer from the start. */
export const REGISTRATION = {
  kind: oneOf(KINDS),
  ...PROFILE_FIELDS,
  relationship: oneOf(RELATIONSHIPS, { description: 'Default prospect.' }).optional,
  contactPoints: listOf(nested('ContactPoint', CONTACT_POINT), { max: 20 }).optional,
  externalId: nested('ExternalId', EXTERNAL_ID, {
    description: 'The customer is found under it from now on; its own id follows from it.',
  }).optional,
  segment: SEGMENT.segment.optional,
  region: REGION.region.optional,
  unit: UNIT.unit.optional,
  tags: listOf(code(), { max: 50 }).optional,
} as const;

export const customerEvents = {
  CustomerRegistered: eventType('CustomerRegistered', {
    kind: oneOf(KINDS),
    ...PROFILE_FIELDS,
    relationship: oneOf(RELATIONSHIPS),
  }),
  ProfileCorrected: eventType('ProfileCorrected', PROFILE_FIELDS),
  ContactPointAdded: eventType('ContactPointAdded', {
    contactPointId: id(),
    medium: oneOf(MEDIA),
    value: text(400),
    label: CONTACT_POINT.label,
  }),
  ContactPointRemoved: eventType('ContactPointRemoved', { contactPointId: id() }),
  ExternalIdLinked: eventType('ExternalIdLinked', EXTERNAL_ID),
  /** On the stream that the external id names, when another customer holds it: this identity is that customer. */
  ExternalIdClaimed: eventType('ExternalIdClaimed', { source: EXTERNAL_ID.source, holder: customerId() }),
  MarketSegmentAssigned: eventType('MarketSegmentAssigned', SEGMENT),
  RegionAssigned: eventType('RegionAssigned', REGION),
  BusinessUnitAssigned: eventType('BusinessUnitAssigned', UNIT),
  TagAdded: eventType('TagAdded', TAG),
  TagRemoved: eventType('TagRemoved', TAG),
  /** The personal fields of all the customer's events can no longer be read. */
  CustomerErased: eventType('CustomerErased', ERASURE, { erases: true }),
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

/** What `mustStand` refuses, for the document. */
export const STANDING_REFUSALS = {
  'customer.not_found': 'no such customer',
  'customer.alias': 'the identity belongs to another customer, named in the answer',
  'customer.erased': 'the customer was erased',
} as const;

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
export const PROFILE = { name: 'profile', version: '2' } as const;

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
  readonly since: Since;
  readonly revision: string;
  /** Shown only to those who may see who a customer is. */
  readonly personal?: PersonalProfile;
}

/** From when on what the profile shows is so. */
export interface Since {
  readonly name?: string;
  readonly relationship?: string;
  readonly customerSince?: string;
  readonly segment?: string;
  readonly region?: string;
  readonly unit?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** From when on a tag is off that once was on. */
  readonly removedTags: Readonly<Record<string, string>>;
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
