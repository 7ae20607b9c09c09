/**
 * Who may call: API keys issued and revoked. The log holds a hash of each secret, never the secret. And which keys
 * for personal data the log was written with, so that nobody goes on with others.
 */
import { eventType, flag, id, oneOf, openText, optional, shape, type EventsOf } from '#kernel';

export const KEY_ROLES = ['back-office', 'analyst', 'auditor', 'admin'] as const;

/** On the stream `access`. */
export const accessEvents = {
  ApiKeyIssued: eventType(
    'ApiKeyIssued',
    shape({
      keyId: id(),
      role: oneOf(KEY_ROLES),
      /** May see personal fields that its role alone would see masked. */
      pii: flag(),
      label: openText(100),
      /** Lower-case hexadecimal SHA-256 of the secret. */
      secretHash: openText(64),
    }),
  ),
  ApiKeyRevoked: eventType('ApiKeyRevoked', shape({ keyId: id() })),
} as const;

export type AccessEvent = EventsOf<typeof accessEvents>;

/** On the stream `installation`. */
export const installationEvents = {
  InstallationFounded: eventType(
    'InstallationFounded',
    shape({
      /** Fingerprint of the key store: it gives away nothing of a key. */
      keyStore: openText(64),
      /** Absent in logs that the former build founded: it made the ids of commands of their keys alone. */
      commandIds: optional(oneOf(['of caller and target'] as const)),
    }),
    { version: 2, upcast: { 1: (data) => data } },
  ),
} as const;

export type InstallationEvent = EventsOf<typeof installationEvents>;
