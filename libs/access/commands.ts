/** API keys, issued and revoked. */
import { commandsOf } from '#context/index.js';
import { derivedId, id } from '#kernel';
import { ACCESS, apiKeys } from './api-keys.js';
import { API_KEY } from './events.js';
import { IssuingKey, RevokingKey } from './issuing.js';

export const KEY_ID = '3a5c1f0e-0c5f-8d2b-a2a5-1f2e3d4c5b6a';

const command = commandsOf(apiKeys, {
  tag: 'Access',
  path: '/v1/api-keys',
  roles: ['admin'],
  params: { apiKey: id({ description: 'The id that issuing it answered.' }) },
});

const keyId = (commandId: string): string => derivedId(commandId, 'api-key');

export const accessCommands = [
  command({
    type: 'IssueApiKey',
    noLine: 'Its answer shows a secret, which no file of answers may hold.',
    body: API_KEY,
    data: ({ pii = false, ...key }, { commandId }) => ({ ...key, pii, keyId: keyId(commandId) }),
    target: (_key, { commandId }) => ({ stream: ACCESS, ids: { keyId: keyId(commandId) } }),
    process: IssuingKey,
    answers: { keyId: KEY_ID, key: 'ts_…' },
    summary: 'Issue an API key',
    description: 'The key is shown in this answer only; a replay of the command shows null in its place.',
  }),
  command({
    type: 'RevokeApiKey',
    path: ':apiKey/revoke',
    names: { apiKey: 'keyId' },
    noLine: 'Keys are revoked one by one, and at once.',
    target: (_, { params: { apiKey = '' } }) => ({ stream: ACCESS, ids: { keyId: apiKey } }),
    process: RevokingKey,
    answers: { keyId: KEY_ID },
    summary: 'Revoke an API key',
    refusals: { 'api_key.not_found': 'no such key', 'api_key.last_admin': 'nobody could issue another' },
  }),
];
