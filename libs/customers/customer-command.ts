/** What can be asked of a customer's identity and relationship. Values come in normalised. */
import type { Said } from '#kernel';
import type {
  ERASURE,
  EXTERNAL_ID,
  Medium,
  PROFILE_FIELDS,
  REGION,
  REGISTRATION,
  SEGMENT,
  TAG,
  UNIT,
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
