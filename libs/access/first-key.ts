/** A log without keys lets nobody in: the first start makes an admin key and shows it once. */
import { CommandHandling } from '#commands/index.js';
import { hashOfApiKey, newApiKey } from '#http/index.js';
import { ownCommand, systemClock, systemIds } from '#kernel';
import { ACCESS, apiKeys } from './api-keys.js';

/** The secret of the key just made; null where there are keys already. Of first starts at once, one makes it. */
export async function firstAdminKey(handling: CommandHandling): Promise<string | null> {
  if (await hasKeys(handling)) return null;
  const secret = newApiKey();
  const commandId = systemIds.next();
  const context = {
    ...ownCommand('first-start', commandId, systemClock.now()),
    expectedRevision: -1n, // whoever comes second is refused
  };
  const data = { keyId: commandId, role: 'admin', pii: true, label: 'first-admin' } as const;
  const secretHash = hashOfApiKey(secret);
  try {
    await handling.handle(ACCESS, apiKeys, { type: 'IssueApiKey', data, secretHash }, context);
    return secret;
  } catch (error) {
    if (await hasKeys(handling)) return null; // another start was first
    throw error;
  }
}

const hasKeys = async (handling: CommandHandling): Promise<boolean> =>
  Object.keys((await handling.state(ACCESS, apiKeys)).keys).length > 0;
