/** What can be asked of a customer's identity and relationship. Values come in normalised. */
import type { CustomerId, Day } from '#kernel';
import type { MEDIA, KINDS, RELATIONSHIPS } from './events.js';

export interface ContactPoint {
  readonly contactPointId: string;
  readonly medium: (typeof MEDIA)[number];
  readonly value: string;
  readonly label?: string;
}

export interface ExternalId {
  readonly source: string;
  readonly value: string;
}

interface Profile {
  readonly name?: string;
  readonly relationship?: (typeof RELATIONSHIPS)[number];
  readonly customerSince?: Day;
}

export type CustomerCommand =
  | ({
      readonly type: 'RegisterCustomer';
      readonly kind: (typeof KINDS)[number];
      readonly contactPoints: readonly ContactPoint[];
      readonly externalId?: ExternalId;
      readonly segment?: string;
      readonly region?: string;
      readonly unit?: string;
      readonly tags: readonly string[];
    } & Profile)
  | ({ readonly type: 'CorrectProfile' } & Profile)
  | ({ readonly type: 'AddContactPoint' } & ContactPoint)
  | { readonly type: 'RemoveContactPoint'; readonly contactPointId: string }
  /** Claimed on the stream that the external id names, then linked on the customer's own. */
  | ({ readonly type: 'ClaimExternalId'; readonly holder: CustomerId } & Pick<ExternalId, 'source'>)
  | ({ readonly type: 'LinkExternalId' } & ExternalId)
  | { readonly type: 'AssignMarketSegment'; readonly segment: string }
  | { readonly type: 'AssignRegion'; readonly region: string }
  | { readonly type: 'AssignBusinessUnit'; readonly unit: string }
  | { readonly type: 'AddTag'; readonly tag: string }
  | { readonly type: 'RemoveTag'; readonly tag: string }
  | { readonly type: 'EraseCustomer'; readonly reason: string };
