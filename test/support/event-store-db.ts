/**
 * The server that the specs of the EventStoreDB adapter run against: the one at EVENTS_URL, or else the double
 * in a process of its own. What a spec appended to a real server is deleted when it closes.
 */
import { EventStoreDBClient } from '@eventstore/db-client';
import { describe } from '@jest/globals';
import {
  openEventStoreDb,
  type EventStoreDb,
  type EventStoreDbOptions,
} from '#event-store/eventstoredb/eventstoredb.js';
import { eventsUrl } from '../../apps/composition/events-url.js';
import { startRemoteDouble } from '../eventstoredb-double/remote.js';

const realUrl = eventsUrl(process.env).url;

/** Whether there is a real server, to which nothing can be done that only a double can do. */
export const isReal = realUrl !== undefined;
/** For what only a double can be made to do; named as skipped where there is a real server. */
export const describeOnDouble = isReal ? describe.skip : describe;
export const serverName = isReal ? 'EventStoreDB' : "EventStoreDB's double";

export interface ServerUnderTest {
  readonly url: string;
  /** A store of the server whose streams are deleted in the end. */
  connect(options?: Partial<EventStoreDbOptions>): Promise<EventStoreDb>;
  close(): Promise<void>;
}

export async function serverUnderTest(): Promise<ServerUnderTest> {
  const server = realUrl === undefined ? await forkDouble() : { url: realUrl, end: async () => undefined };
  const stores: EventStoreDb[] = [];
  const streams = new Set<string>();
  return {
    url: server.url,
    connect: async (options = {}) => {
      const store = await openEventStoreDb({ url: server.url, ...options });
      stores.push(store);
      return remembering(store, streams);
    },
    close: async () => {
      for (const store of stores) await store.close();
      if (isReal) await deleteStreams(server.url, streams);
      await server.end();
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

async function deleteStreams(url: string, streams: ReadonlySet<string>): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  for (const stream of streams) await client.deleteStream(stream).catch(() => undefined); // never appended to
  await client.dispose();
}

async function forkDouble(): Promise<{ url: string; end(): Promise<void> }> {
  const { url, kill } = await startRemoteDouble();
  return { url, end: kill };
}
