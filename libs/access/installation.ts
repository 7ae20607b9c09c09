/**
 * Which key store belongs to the log. Whoever went on with another would seal events that nobody else can read, and
 * would take everybody in the log for erased; so the first start records the key store, and every start compares.
 */
import type { CommandHandling } from '#commands/index.js';
import type { EventStore } from '#event-store/port.js';
import { DomainError, ownCommand, streamNamed, systemClock, systemIds, type Decider } from '#kernel';
import { KeyStoreUnavailable, type KeyStore } from '#key-store/index.js';
import type { InstallationEvent } from './events.js';

export const INSTALLATION = streamNamed('installation');
const FOUNDED: InstallationEvent['type'] = 'InstallationFounded';

export interface FoundInstallation {
  readonly type: 'FoundInstallation';
  /** Fingerprint. */
  readonly keyStore: string;
}

export interface Installation {
  readonly keyStore: string | null;
  /** The log may have commands whose ids are of their keys alone. */
  readonly formerIds: boolean;
}

export const installation: Decider<Installation, FoundInstallation, InstallationEvent> = {
  name: 'installation',
  initialState: { keyStore: null, formerIds: false },

  decide: {
    FoundInstallation({ keyStore }, founded) {
      if (founded.keyStore === keyStore) return [];
      if (founded.keyStore === null)
        return [{ type: 'InstallationFounded', data: { keyStore, commandIds: 'of caller and target' } }];
      throw new DomainError(
        'installation.other_keys',
        `The log was written with the key store ${founded.keyStore}, and this is ${keyStore}. Correct KEYS_URL or TOUCHSTONE_DATA, or restore the keys from a backup.`,
      );
    },
  },

  evolve: {
    InstallationFounded: (_, { keyStore, commandIds }) => ({ keyStore, formerIds: commandIds === undefined }),
  },
};

/** @throws KeyStoreUnavailable when the log was written with other keys */
export async function recogniseKeys(handling: CommandHandling, keyStore: KeyStore): Promise<Installation> {
  const context = ownCommand('first-start', systemIds.next(), systemClock.now());
  const command: FoundInstallation = {
    type: 'FoundInstallation',
    keyStore: await keyStore.fingerprint(),
  };
  try {
    await handling.handle(INSTALLATION, installation, command, context);
    return await handling.state(INSTALLATION, installation);
  } catch (error) {
    throw error instanceof DomainError ? new KeyStoreUnavailable(error.message, { cause: error }) : error;
  }
}

/** Which key store the log was written with, from its stored bytes; null where it does not say. No key is asked. */
export async function keyStoreOf(log: Pick<EventStore, 'readStream'>): Promise<string | null> {
  for await (const { type, data } of log.readStream(INSTALLATION)) {
    if (type !== FOUNDED) continue;
    const { keyStore } = JSON.parse(data) as { readonly keyStore?: unknown };
    return typeof keyStore === 'string' ? keyStore : null;
  }
  return null;
}
