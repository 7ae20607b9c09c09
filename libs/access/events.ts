/**
 * Who may call: API keys issued and revoked. The log holds a hash of each secret, never the secret. And which keys
 * for personal data the log was written with, so that nobody goes on with others.
 */
import { code, eventType, flag, id, oneOf, openText, type EventsOf } from '#kernel';

export const KEY_ROLES = ['back-office', 'analyst', 'auditor', 'admin'] as const;

export const API_KEY = {
  role: oneOf(KEY_ROLES),
  pii: flag({ description: 'May see personal fields that the role alone would see masked.' }).optional,
  label: code({ example: 'web-shop', description: 'What the key is for. Not a person.' }),
} as const;

/** On the stream `access`. */
export const accessEvents = {
  ApiKeyIssued: eventType('ApiKeyIssued', {
    keyId: id(),
    role: oneOf(KEY_ROLES),
    pii: flag(),
    label: openText(100),
    /** Lower-case hexadecimal SHA-256 of the secret. */
    secretHash: openText(64),
  }),
  ApiKeyRevoked: eventType('ApiKeyRevoked', { keyId: id() }),
} as const;

export type AccessEvent = EventsOf<typeof accessEvents>;

/** On the stream `installation`. */
export const installationEvents = {
  InstallationFounded: eventType(
    'InstallationFounded',
    {
      /** Fingerprint of the key store: it gives away nothing of a key. */
      keyStore: openText(64),
      /** Absent in logs that the former build founded: it made the ids of commands of their keys alone. */
      commandIds: oneOf(['of caller and target']).optional,
    },
    { version: 2, upcast: { 1: (data) => data } },
  ),
} as const;

export type InstallationEvent = EventsOf<typeof installationEvents>;
