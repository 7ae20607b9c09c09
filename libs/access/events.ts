/** Who may call: API keys issued and revoked. The log holds a hash of each secret, never the secret. */
import { eventType, flag, id, oneOf, shape, text, type EventsOf } from '#kernel';

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
      label: text(100),
      /** Lower-case hexadecimal SHA-256 of the secret. */
      secretHash: text(64),
    }),
  ),
  ApiKeyRevoked: eventType('ApiKeyRevoked', shape({ keyId: id() })),
} as const;

export type AccessEvent = EventsOf<typeof accessEvents>;
