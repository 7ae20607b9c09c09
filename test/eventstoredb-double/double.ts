/** The double as tests hold it: where it is, up or down, what it is told to do wrong, and how it was asked. */
import { ServerCredentials } from '@grpc/grpc-js';
import type { Credentials } from './access.js';
import { Calls } from './calls.js';
import { Durable } from './durable.js';
import { EventLog } from './event-log.js';
import { Faults } from './faults.js';
import { Listener } from './listener.js';
import { createService } from './service.js';
import type { Version } from './version.js';

export interface DoubleOptions {
  /** Default: any that is free. */
  readonly port?: number;
  /** Only over TLS: the client sends no credentials without it. */
  readonly credentials?: Credentials;
  /** PEM. Without it, as `tls=false`. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Largest append, in bytes of data, metadata and type. Default: EventStoreDB's, 1 MiB. */
  readonly maxAppendSize?: number;
  /** Added to every position; beyond 2^53 it finds who takes positions for numbers. Default: 0. */
  readonly origin?: bigint;
  /** A system event follows every so many events. Default: 64. */
  readonly statisticsEvery?: number;
  /** A file that keeps the log across kills. */
  readonly logFile?: string;
  /** Each append is on the disk before it is answered, for what is measured beside stores that sync. Default: false. */
  readonly synced?: boolean;
  /** Whose answers it gives. Default: 24.6.0. */
  readonly version?: Version;
  /**
   * A filtered subscription that goes live sends a checkpoint. As 24.6 does it, that is what it sent last; where it
   * has sent nothing, because nothing since the start matched, it is 2^64 - 1 (corrected by KurrentDB's pull request
   * 4892). With this it may be the place where the next event will be, with prepare position zero, as in the 24.10
   * and 25.0 between that correction and the next (4975).
   */
  readonly checkpointPastHead?: boolean;
}

/** An event as it is written, past every check. */
export interface Planted {
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata?: Uint8Array;
  readonly id?: string;
  /** Default: true, whatever the bytes are. */
  readonly isJson?: boolean;
}

export interface EventStoreDbDouble {
  /** esdb://127.0.0.1:PORT?tls=false, with the credentials where there are any. */
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  readonly calls: Calls;
  /** Writes one event without a question; answers its position. */
  plant(stream: string, event: Planted): bigint;
  /** Goes down: no listener, every connection broken, what was only in memory forgotten. The log stays. */
  stop(): Promise<void>;
  /** Comes up again on the same port. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const MAX_APPEND_SIZE = 1024 * 1024;
const STATISTICS_EVERY = 64;

/** Starts a double of EventStoreDB in this process, listening on loopback. */
export async function startEventStoreDbDouble(options: DoubleOptions = {}): Promise<EventStoreDbDouble> {
  const durable =
    options.logFile === undefined ? null : new Durable(options.logFile, options.synced ?? false);
  const log = new EventLog(options.origin ?? 0n, options.statisticsEvery ?? STATISTICS_EVERY, durable);
  const [faults, calls] = [new Faults(), new Calls()];

  const server = createService({
    log,
    faults,
    calls,
    credentials: options.credentials,
    maxAppendSize: options.maxAppendSize ?? MAX_APPEND_SIZE,
    checkpointPastHead: options.checkpointPastHead ?? false,
    version: options.version ?? '24.6.0',
    address: () => listener.address,
    cutConnection: (peer) => listener.cut(peer),
  });
  const connections = server.createConnectionInjector(credentialsOf(options));
  const listener = new Listener(options.port ?? 0, (socket) => connections.injectConnection(socket));
  await listener.open();

  const user = options.credentials && `${options.credentials.username}:${options.credentials.password}@`;
  const stop = async (): Promise<void> => {
    await listener.close();
    log.recentIds.clear();
  };
  const close = async (): Promise<void> => {
    await stop();
    connections.destroy();
    server.forceShutdown();
    durable?.close();
  };
  let closing: Promise<void> | undefined;
  return {
    get url() {
      return `esdb://${user ?? ''}${listener.address}?tls=${options.tls !== undefined}`;
    },
    get port() {
      return Number(listener.address.split(':')[1]);
    },
    faults,
    calls,
    plant: (stream, { id = crypto.randomUUID(), isJson = true, metadata = Buffer.from('{}'), ...event }) => {
      const [record] = log.write(stream, [{ id, isJson, metadata, ...event }]);
      return log.origin + BigInt(record?.offset ?? 0);
    },
    stop,
    start: () => listener.open(),
    close: () => (closing ??= close()),
  };
}

function credentialsOf({ tls }: DoubleOptions): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) };
  return ServerCredentials.createSsl(null, [pair]);
}
