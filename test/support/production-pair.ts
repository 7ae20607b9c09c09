/**
 * The production pair for a test: a server of the event store, which is EventStoreDB's double unless EVENT_STORE_COMMAND
 * names another, and a redis-server, which keeps views in one database and keys, durably, in another. Each is a process
 * with a folder of its own.
 *
 * A suite that runs with STORES=eventstoredb+redis runs on it, with the same expectations as on embedded stores.
 */
import { randomBytes } from 'node:crypto';
import { startEventStore, type EventStoreServer } from './event-store-server.js';
import { startRedis, type RedisServer } from './redis.js';

export interface ProductionPair {
  readonly eventStoreDb: EventStoreServer;
  readonly redis: RedisServer;
  /** What makes a process use them. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startProductionPair(): Promise<ProductionPair> {
  const redis = await startRedis({ appendOnly: true });
  const eventStoreDb = await startEventStore();
  return {
    eventStoreDb,
    redis,
    env: {
      EVENTS_URL: eventStoreDb.url,
      REDIS_URL: `${redis.url}/0`,
      KEYS_URL: `${redis.url}/1`,
      MASTER_KEY: randomBytes(32).toString('base64'),
    },
    close: async () => {
      await eventStoreDb.close();
      await redis.close();
    },
  };
}

/** Whether the suite is to run on it. */
export const onProductionPair = process.env['STORES'] === 'eventstoredb+redis';

const pairs = new Map<string, ProductionPair>();

/** Settings of the stores of a data folder, which may be started on again and again. */
export async function storesOf(folder: string): Promise<ProductionPair['env']> {
  if (!onProductionPair) return {};
  let pair = pairs.get(folder);
  if (pair === undefined) pairs.set(folder, (pair = await startProductionPair()));
  return pair.env;
}

/** Null where the suite does not run on it, and before the folder's first start. */
export const pairOf = (folder: string): ProductionPair | null => pairs.get(folder) ?? null;

/** Where its stores keep their files, beside the data folder itself. */
export const foldersOf = (folder: string): string[] => {
  const pair = pairs.get(folder);
  return pair === undefined ? [] : [pair.eventStoreDb.folder, pair.redis.folder];
};

export async function closeStoresOf(folder: string): Promise<void> {
  const pair = pairs.get(folder);
  pairs.delete(folder);
  await pair?.close();
}

/** For the end of a suite. */
export async function closeAllStores(): Promise<void> {
  for (const folder of [...pairs.keys()]) await closeStoresOf(folder);
}
