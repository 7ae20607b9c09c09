/**
 * The stores of one process, opened by configuration and closed together. Each is embedded, or a server where its
 * address is given; nothing else in the house knows which.
 */
import { recogniseKeys } from '#access/installation.js';
import { CommandHandling } from '#commands/index.js';
import { Codec } from '#event-store/codec/index.js';
import { redoErasures } from '#customers/erasures.js';
import {
  openEmbeddedEventStore,
  StoreUnavailable,
  type EventStore,
  type SubscriptionNotice,
  type SubscriptionState,
} from '#event-store/index.js';
import { CommandNames } from '#http/command-names.js';
import { Identities, openKeyStore, type KeyStore } from '#key-store/index.js';
import { SHARED_PARTITIONS } from '#projections/index.js';
import { openEmbeddedReadStore, type ReadStore } from '#read-store/index.js';
import { identify, type Identity } from '#sqlite/index.js';
import { files, type Config } from './config.js';
import { catalogue } from './contexts.js';
import { closeDataFolder } from './data-folder.js';
import { mustBeWhole } from './restoring.js';

/** The files of the embedded stores that one thread of a process has open: its others open these, and no other. */
export type OpenFiles = Readonly<Partial<Record<'events' | 'keys' | 'views', Identity>>>;

export interface Stores {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly keyStore: KeyStore;
  readonly codec: Codec;
  readonly identities: Identities;
  readonly commandNames: CommandNames;
  /** Into how many every collection of the read store is divided. */
  readonly partitions: number;
  readonly openFiles: OpenFiles;
  /** How subscriptions to a server are doing; none where the log is in this process. */
  subscriptions(): readonly SubscriptionState[];
  close(): Promise<void>;
}

export type StoreConfig = Pick<
  Config,
  'dataFolder' | 'eventStoreUrl' | 'redisUrl' | 'keysUrl' | 'masterKeys'
>;

interface OpenedEventStore {
  readonly eventStore: EventStore;
  readonly subscriptions: Stores['subscriptions'];
}

/** @param inUse what another thread of this process has opened */
export async function openStores(
  config: StoreConfig,
  notice?: SubscriptionNotice,
  inUse: OpenFiles = {},
): Promise<Stores> {
  const open: { close(): Promise<void> }[] = [];
  const opened = <S extends { close(): Promise<void> }>(store: S): S => {
    open.push(store);
    return store;
  };
  const close = async (): Promise<void> => {
    for (const store of open.splice(0).reverse()) await store.close();
  };
  closeDataFolder(config.dataFolder);
  mustBeWhole(config.dataFolder);
  try {
    const { eventStore, subscriptions } = await openEventStore(config, inUse, notice);
    opened(eventStore);
    // Else new keys would be made without a word, and everybody in the log would be as if erased.
    const isEmpty = (await eventStore.head()) === null;
    const keyStore = opened(
      await openKeyStore({
        path: files(config).keys,
        url: config.keysUrl,
        masterKeys: config.masterKeys,
        mustExist: !isEmpty,
        identity: inUse.keys,
      }),
    );
    if (isEmpty && (await keyStore.subjects()) > 0) throw emptied(config);
    const codec = new Codec(catalogue, keyStore);
    const handling = new CommandHandling({ store: eventStore, codec, customerDeciders: [] });
    const { formerIds } = await recogniseKeys(handling, keyStore);
    const commandNames = new CommandNames(await keyStore.secret('fingerprints'), formerIds);
    await redoErasures(eventStore, keyStore);
    const readStore = opened(await openReadStore(config, inUse));
    const identities = new Identities(await keyStore.secret('identities'));
    const partitions = config.redisUrl ? SHARED_PARTITIONS : 1;
    const openFiles = openFilesOf(config);
    mustBeWhole(config.dataFolder); // a restore may have begun before these files were open
    return {
      eventStore,
      readStore,
      keyStore,
      codec,
      identities,
      commandNames,
      partitions,
      openFiles,
      subscriptions,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Keys of customers mean that there was a log: to go on with an empty one would be to begin anew without a word. */
function emptied({ dataFolder, eventStoreUrl }: StoreConfig): StoreUnavailable {
  const where = eventStoreUrl === undefined ? files({ dataFolder }).events : 'EventStoreDB';
  return new StoreUnavailable(
    `The log in ${where} is empty, and there are keys of customers: restore the log from a backup, or correct its address. To begin anew, move the keys away as well.`,
  );
}

/** What only servers need is loaded only for them. */
async function openEventStore(
  config: StoreConfig,
  inUse: OpenFiles,
  notice?: SubscriptionNotice,
): Promise<OpenedEventStore> {
  if (!config.eventStoreUrl) {
    const eventStore = await openEmbeddedEventStore({ path: files(config).events, identity: inUse.events });
    return { eventStore, subscriptions: () => [] };
  }
  const { openEventStoreDb } = await import('#event-store/eventstoredb/eventstoredb.js');
  const eventStore = await openEventStoreDb({
    url: config.eventStoreUrl,
    connectionName: `touchstone-${process.pid}`,
    ...(notice && { notice }),
  });
  return { eventStore, subscriptions: () => eventStore.subscriptions() };
}

async function openReadStore(config: StoreConfig, inUse: OpenFiles): Promise<ReadStore> {
  if (!config.redisUrl) return openEmbeddedReadStore({ path: files(config).views, identity: inUse.views });
  const { openRedisReadStore } = await import('#read-store/redis/open.js');
  return openRedisReadStore({ url: config.redisUrl });
}

function openFilesOf(config: StoreConfig): OpenFiles {
  const { events, keys, views } = files(config);
  return {
    ...(config.eventStoreUrl === undefined && { events: identify(events) }),
    ...(config.keysUrl === undefined && { keys: identify(keys) }),
    ...(config.redisUrl === undefined && { views: identify(views) }),
  };
}
