/**
 * The production pair as it is deployed, every part a process of its own that can be stopped, killed and frozen: a server
 * of the event store, which is EventStoreDB's double unless EVENT_STORE_COMMAND names another, a Redis for views, a Redis
 * for keys, APIs and projectors.
 *
 *     const deployment = await startDeployment();
 *     const api = await deployment.startApi();
 *     await deployment.eventStoreDb.kill();
 *     await deployment.eventStoreDb.start(); // at the same address, with what was acknowledged
 *     await deployment.close();
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../apps/composition/config.js';
import { openStores, type Stores } from '../../apps/composition/stores.js';
import { startEventStore, type EventStoreServer } from './event-store-server.js';
import { startRedis, type RedisServer } from './redis.js';
import { startProjectorProcess, startServer, type Running, type Server } from './server.js';
import { startWire, type Wire } from './wire.js';

export interface Deployment {
  readonly eventStoreDb: EventStoreServer;
  readonly views: RedisServer;
  /** What the processes of Touchstone reach the views by. */
  readonly viewsWire: Wire;
  readonly keys: RedisServer;
  startApi(): Promise<Server>;
  startProjector(env?: Readonly<Record<string, string>>): Promise<Running>;
  /** The stores as a test itself sees them. They are the caller's to close, before the deployment is. */
  openStores(): Promise<Stores>;
  close(): Promise<void>;
}

export interface DeploymentOptions {
  /** How long what a process holds stays undone when it freezes or dies, in milliseconds. */
  readonly leaseMs?: number;
  /** Options of the connection string of EventStoreDB. */
  readonly eventStoreDbOptions?: string;
  /** After this an API or a projector is killed, for it must not outlive its test. Default: as ever. */
  readonly lifetimeMs?: number;
}

export async function startDeployment(options: DeploymentOptions = {}): Promise<Deployment> {
  const { leaseMs = 1_500, eventStoreDbOptions = '', lifetimeMs } = options;
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-'));
  const [views, keys] = await Promise.all([
    startRedis({ appendOnly: true, config: { appendfsync: 'everysec' } }), // as docker/ has them
    startRedis({ appendOnly: true }),
  ]);
  const viewsWire = await startWire(views.port);
  const eventStoreDb = await startEventStore();
  const env = {
    EVENTS_URL: eventStoreDb.url + eventStoreDbOptions,
    REDIS_URL: viewsWire.url,
    KEYS_URL: keys.url,
    MASTER_KEY: randomBytes(32).toString('base64'),
    LEASE_MS: String(leaseMs),
    PROJECTOR: 'none',
  };
  const running: Running[] = [];
  const started = <R extends Running>(one: R): R => {
    running.push(one);
    return one;
  };
  return {
    eventStoreDb,
    views,
    viewsWire,
    keys,
    startApi: async () => started(await startServer(folder, env, lifetimeMs)),
    startProjector: async (more) =>
      started(await startProjectorProcess(folder, { ...env, ...more }, lifetimeMs)),
    openStores: () => openStores(readConfig({ ...env, REDIS_URL: views.url, TOUCHSTONE_DATA: folder })),
    close: async () => {
      await Promise.all(running.map((one) => one.kill()));
      await viewsWire.close();
      await Promise.all([eventStoreDb.close(), views.close(), keys.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
