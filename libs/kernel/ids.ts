/** Branded identifiers: the compiler keeps a touchpoint's id out of a customer's place. */
import { hash } from 'node:crypto';

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

export type CustomerId = Id<'CustomerId'>;
export type StreamName = Id<'StreamName'>;

/** An instant as RFC 3339 in UTC with milliseconds, so that text order is time order. */
export type Instant = Id<'Instant'>;

/** A calendar day, `YYYY-MM-DD`, in a zone the context names. */
export type Day = Id<'Day'>;

const CUSTOMER_ID = /^[0-9a-z][0-9a-z-]{7,63}$/;

export const isCustomerId = (value: string): value is CustomerId => CUSTOMER_ID.test(value);

export const customerStream = (customer: CustomerId): StreamName => `customer-${customer}` as StreamName;

export const streamNamed = (name: string): StreamName => name as StreamName;

/** The customer whose stream this is, or null for the streams of campaigns, policies and keys. */
export function customerOf(stream: string): CustomerId | null {
  return stream.startsWith('customer-') ? (stream.slice('customer-'.length) as CustomerId) : null;
}

/** Normalises any parseable date-time to an Instant. Throws RangeError when it is not a time. */
export const instant = (value: string | number | Date): Instant => new Date(value).toISOString() as Instant;

/**
 * A UUID that is a function of its parts, shaped as version 8 (RFC 9562). The same command therefore names
 * the same touchpoint however often it is sent.
 */
export const derivedId = (...parts: readonly string[]): string =>
  uuidOf(hash('sha256', parts.join('\u001f')));

/** The first digits of a SHA-256 or an HMAC, shaped as a UUID of version 8. */
export function uuidOf(hex: string): string {
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16); // such a hash has a 17th digit
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
