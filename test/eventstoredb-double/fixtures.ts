/** Words the specs of the double are written in; the client is EventStoreDB's own. */
import {
  EventStoreDBClient,
  jsonEvent,
  type AllStreamSubscription,
  type AppendToStreamOptions,
  type JSONEventType,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { until } from '../support/until.js';
import { startEventStoreDbDouble, type DoubleOptions, type EventStoreDbDouble } from './index.js';

export interface Rig {
  readonly double: EventStoreDbDouble;
  readonly client: EventStoreDBClient;
  /** Another client of the same double. */
  connect(url?: string): EventStoreDBClient;
  close(): Promise<void>;
}

export async function openRig(options: DoubleOptions = {}): Promise<Rig> {
  const double = await startEventStoreDbDouble(options);
  const clients: EventStoreDBClient[] = [];
  const connect = (url = double.url): EventStoreDBClient => {
    const client = EventStoreDBClient.connectionString(url);
    clients.push(client);
    return client;
  };
  return {
    double,
    client: connect(),
    connect,
    close: async () => {
      for (const client of clients) await client.dispose();
      await double.close();
    },
  };
}

export const fresh = (kind: string): string => `${kind}-${crypto.randomUUID()}`;

export const event = (
  type = 'Happened',
  data: object = { note: 'as it happened' },
  id = crypto.randomUUID(),
) => jsonEvent<JSONEventType>({ id, type, data: { ...data } });

export const events = (count: number, type?: string) => Array.from({ length: count }, () => event(type));

/** Per-call credentials make the client use Append in place of BatchAppend; over `tls=false` it does not send them. */
export const BY_APPEND: AppendToStreamOptions = { credentials: { username: 'admin', password: 'changeit' } };

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export const ids = (resolved: readonly ResolvedEvent[]): (string | undefined)[] =>
  resolved.map(({ event }) => event?.id);

/** What a subscription says, in the order in which it says it: ids, and what else there is. */
export interface Heard {
  readonly subscription: AllStreamSubscription;
  readonly events: ResolvedEvent[];
  readonly said: string[];
  readonly errors: Error[];
  ended: boolean;
}

export function hear(subscription: AllStreamSubscription): Heard {
  const heard: Heard = { subscription, events: [], said: [], errors: [], ended: false };
  subscription
    .on('data', (resolved: ResolvedEvent) => {
      heard.events.push(resolved);
      heard.said.push(resolved.event?.id ?? '');
    })
    .on('caughtUp', () => heard.said.push('caught up'))
    .on('fellBehind', () => heard.said.push('fell behind'))
    .on('end', () => (heard.ended = true))
    .on('error', (error: Error) => heard.errors.push(error));
  return heard;
}

export const caughtUp = (heard: Heard, times = 1) =>
  until(() => heard.said.filter((what) => what === 'caught up').length >= times);
