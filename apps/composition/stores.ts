/** The stores of one process, opened by configuration and closed together. */
import { Codec } from '#event-store/codec/index.js';
import { openEmbeddedEventStore, type EventStore } from '#event-store/index.js';
import { Identities, openEmbeddedKeyStore, type KeyStore } from '#key-store/index.js';
import { openEmbeddedReadStore, type ReadStore } from '#read-store/index.js';
import { files, type Config } from './config.js';
import { catalogue } from './contexts.js';

export interface Stores {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly keyStore: KeyStore;
  readonly codec: Codec;
  readonly identities: Identities;
  close(): Promise<void>;
}

export async function openStores(config: Pick<Config, 'dataFolder'>): Promise<Stores> {
  const { events, keys, views } = files(config);
  const eventStore = await openEmbeddedEventStore({ path: events });
  const keyStore = openEmbeddedKeyStore({ path: keys });
  const readStore = await openEmbeddedReadStore({ path: views });
  return {
    eventStore,
    readStore,
    keyStore,
    codec: new Codec(catalogue, keyStore),
    identities: new Identities(await keyStore.secret('identities')),
    close: async () => {
      await eventStore.close();
      await readStore.close();
      await keyStore.close();
    },
  };
}
