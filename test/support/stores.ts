/** The embedded stores in a temporary folder, with a catalogue of the test's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Codec, type Catalogue } from '#event-store/codec/index.js';
import { openEmbeddedEventStore, type EventStore } from '#event-store/index.js';
import { openEmbeddedKeyStore, type KeyStore } from '#key-store/index.js';
import { openEmbeddedReadStore, type ReadStore } from '#read-store/index.js';

export interface TestStores {
  readonly folder: string;
  readonly eventStore: EventStore;
  readonly keyStore: KeyStore;
  readonly readStore: ReadStore;
  readonly codec: Codec;
  /** Closes the stores and opens them again on the same files. */
  reopened(): Promise<TestStores>;
  close(): Promise<void>;
}

export async function openTestStores(
  catalogue: Catalogue,
  folder = mkdtempSync(join(tmpdir(), 'touchstone-')),
): Promise<TestStores> {
  const eventStore = await openEmbeddedEventStore({ path: join(folder, 'events.sqlite') });
  const keyStore = openEmbeddedKeyStore({ path: join(folder, 'keys.sqlite') });
  const readStore = await openEmbeddedReadStore({ path: join(folder, 'views.sqlite') });
  const closeAll = async (): Promise<void> => {
    await eventStore.close();
    await readStore.close();
    await keyStore.close();
  };
  return {
    folder,
    eventStore,
    keyStore,
    readStore,
    codec: new Codec(catalogue, keyStore),
    reopened: async () => {
      await closeAll();
      return openTestStores(catalogue, folder);
    },
    close: async () => {
      await closeAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
