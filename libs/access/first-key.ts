/** A log without keys lets nobody in: the first start makes an admin key and shows it once. */
import { CommandHandling } from '#commands/index.js';
import { hashOfApiKey, newApiKey } from '#http/index.js';
import { systemClock, systemIds, type CommandContext } from '#kernel';
import { ACCESS, apiKeys } from './api-keys.js';

/** The secret of the key just made; null where there are keys already. */
export async function firstAdminKey(handling: CommandHandling): Promise<string | null> {
  const { keys } = await handling.state(ACCESS, apiKeys);
  if (Object.keys(keys).length > 0) return null;
  const secret = newApiKey();
  const commandId = systemIds.next();
  const context: CommandContext = {
    commandId,
    fingerprint: null,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'first-start', role: 'system' },
    now: systemClock.now(),
    expectedRevision: -1n, // two first starts at once make one key
  };
  const key = {
    keyId: commandId,
    role: 'admin',
    pii: true,
    label: 'first-admin',
    secretHash: hashOfApiKey(secret),
  } as const;
  await handling.handle(ACCESS, apiKeys, { type: 'IssueApiKey', key }, context);
  return secret;
}
