/** The rules of API keys. The last admin key cannot be revoked: nobody could issue another. */
import { DomainError, streamNamed, type Decider } from '#kernel';
import type { AccessEvent } from './events.js';

export const ACCESS = streamNamed('access');

type Issued = Extract<AccessEvent, { type: 'ApiKeyIssued' }>['data'];

export type AccessCommand =
  | {
      readonly type: 'IssueApiKey';
      readonly data: Omit<Issued, 'secretHash'>;
      /** Lower-case hexadecimal SHA-256 of the secret, which only the answer holds. */
      readonly secretHash: string;
    }
  | { readonly type: 'RevokeApiKey'; readonly data: { readonly keyId: string } };

export interface ApiKey extends Issued {
  readonly revoked: boolean;
}

export interface AccessState {
  readonly keys: Readonly<Record<string, ApiKey>>;
}

export const apiKeys: Decider<AccessState, AccessCommand, AccessEvent> = {
  name: 'api-keys',
  initialState: { keys: {} },

  decide: {
    IssueApiKey: ({ data, secretHash }, { keys }) =>
      keys[data.keyId] ? [] : [{ type: 'ApiKeyIssued', data: { ...data, secretHash } }],

    RevokeApiKey({ data: { keyId } }, { keys }) {
      const key = keys[keyId];
      if (!key) throw new DomainError('api_key.not_found', 'There is no such API key.', 'not_found');
      if (key.revoked) return [];
      const admins = Object.values(keys).filter(({ role, revoked }) => role === 'admin' && !revoked);
      if (key.role === 'admin' && admins.length === 1) {
        throw new DomainError(
          'api_key.last_admin',
          'This is the last admin key. Issue another before revoking it.',
        );
      }
      return [{ type: 'ApiKeyRevoked', data: { keyId } }];
    },
  },

  evolve: {
    ApiKeyIssued: ({ keys }, key) => ({ keys: { ...keys, [key.keyId]: { ...key, revoked: false } } }),
    ApiKeyRevoked: ({ keys }, { keyId }) => {
      const key = keys[keyId];
      return key ? { keys: { ...keys, [keyId]: { ...key, revoked: true } } } : { keys };
    },
  },
};
