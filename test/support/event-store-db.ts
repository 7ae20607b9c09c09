/**
 * The server that the specs of the EventStoreDB adapter run against: the one at EVENTS_URL, or one that
 * EVENT_STORE_COMMAND starts, or else the double in a process of its own, which stands in. The events that a
 * spec appended to the server at EVENTS_URL are deleted when it closes.
 */
import { EventStoreDBClient } from '@eventstore/db-client';
import { describe } from '@jest/globals';
import {
  openEventStoreDb,
  type EventStoreDb,
  type EventStoreDbOptions,
} from '#event-store/eventstoredb/eventstoredb.js';
import { eventsUrl } from '../../apps/composition/events-url.js';
import { startRemoteDouble, VERSIONS, type Version } from '../eventstoredb-double/index.js';
import { isDouble, startEventStore } from './event-store-server.js';

const realUrl = eventsUrl(process.env).url;

const standsIn = realUrl === undefined && isDouble;

/** The versions that the double answers as, in turn; another server answers as itself. */
export const versions: readonly (Version | undefined)[] = standsIn ? VERSIONS : [undefined];
/** For what only the double can be made to do; named as skipped on another server. */
export const describeOnDouble = standsIn ? describe : describe.skip;
export const serverName = standsIn
  ? "EventStoreDB's double"
  : `the server of ${realUrl === undefined ? 'EVENT_STORE_COMMAND' : 'EVENTS_URL'}`;

export interface ServerUnderTest {
  readonly url: string;
  /** As it says itself. */
  readonly version: string;
  /** A store of the server whose streams are deleted in the end. */
  connect(options?: Partial<EventStoreDbOptions>): Promise<EventStoreDb>;
  close(): Promise<void>;
}

export async function serverUnderTest(version?: Version): Promise<ServerUnderTest> {
  const server =
    realUrl === undefined ? await startServer(version) : { url: realUrl, close: async () => undefined };
  const stores: EventStoreDb[] = [];
  const streams = new Set<string>();
  return {
    url: server.url,
    version: await versionOf(server.url),
    connect: async (options = {}) => {
      const store = await openEventStoreDb({ url: server.url, ...options });
      stores.push(store);
      return remembering(store, streams);
    },
    close: async () => {
      for (const store of stores) await store.close();
      if (realUrl !== undefined) await deleteStreams(server.url, streams);
      await server.close();
    },
  };
}

function remembering(store: EventStoreDb, streams: Set<string>): EventStoreDb {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (name === 'append' && typeof args[0] === 'string') streams.add(args[0]);
        return Reflect.apply(value, target, args);
      };
    },
  });
}

async function versionOf(url: string): Promise<string> {
  const client = EventStoreDBClient.connectionString(url);
  const { serverVersion } = await client['capabilities'];
  await client.dispose();
  return serverVersion;
}

async function deleteStreams(url: string, streams: ReadonlySet<string>): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  for (const stream of streams) await client.deleteStream(stream).catch(() => undefined); // never appended to
  await client.dispose();
}

/** These specs start no server again, so the double keeps no log. */
async function startServer(version?: Version): Promise<{ readonly url: string; close(): Promise<void> }> {
  if (!isDouble) return startEventStore();
  const { url, kill } = await startRemoteDouble(version && { version });
  return { url, close: kill };
}
