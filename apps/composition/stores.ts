/** The stores of one process, opened by configuration and closed together. */
import { existsSync } from 'node:fs';
import { Codec } from '#event-store/codec/index.js';
import { openEmbeddedEventStore, type EventStore } from '#event-store/index.js';
import { Identities, KeyStoreUnavailable, openEmbeddedKeyStore, type KeyStore } from '#key-store/index.js';
import { openEmbeddedReadStore, type ReadStore } from '#read-store/index.js';
import { files, type Config } from './config.js';
import { catalogue } from './contexts.js';

export interface Stores {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly keyStore: KeyStore;
  readonly codec: Codec;
  readonly identities: Identities;
  /** Into how many every collection of the read store is divided. */
  readonly partitions: number;
  close(): Promise<void>;
}

export async function openStores({ dataFolder }: Pick<Config, 'dataFolder'>): Promise<Stores> {
  const { events, keys, views } = files({ dataFolder });
  const open: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const store of open.splice(0)) await store.close();
  };
  try {
    const eventStore = await openEmbeddedEventStore({ path: events });
    open.push(eventStore);
    if (!existsSync(keys) && (await eventStore.head()) !== null) throw keysAreMissing(events, keys);
    const keyStore = openEmbeddedKeyStore({ path: keys });
    open.push(keyStore);
    const readStore = await openEmbeddedReadStore({ path: views });
    open.push(readStore);
    const codec = new Codec(catalogue, keyStore);
    const identities = new Identities(await keyStore.secret('identities'));
    return { eventStore, readStore, keyStore, codec, identities, partitions: 1, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Else new keys would be made without a word, and everybody in the log would be as if erased. */
const keysAreMissing = (events: string, keys: string): KeyStoreUnavailable =>
  new KeyStoreUnavailable(
    `The log ${events} has events, but its keys ${keys} are not there: restore both from the same backup.`,
  );
