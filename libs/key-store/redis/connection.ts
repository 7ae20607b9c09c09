/**
 * Two connections to a Redis, one to read and one to write, for a write may have to wait for the disk. Nothing is
 * queued while it is away and nothing is sent twice: a call fails within the time limit, and the next may succeed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { KeyStoreUnavailable } from '../port.js';
import { addressOf, nameOf } from './address.js';
import { fitnessOf, type Fitness } from './fitness.js';

/** Reading a large append-only file may take this long; who starts waits for it. */
const LOADING_MS = 60_000;
const LONGEST_PAUSE_MS = 1_000;
const LAST_WORDS_MS = 200;

export class Connection {
  private opened = false;
  private closed = false;
  private why: Error | undefined;
  private fitness: Promise<Fitness> | undefined;
  private readonly reads: Redis;
  private readonly writes: Redis;

  /** @throws KeyStoreUnavailable when nobody fit is there */
  static async open(url: string, timeoutMs: number): Promise<Connection> {
    const connection = new Connection(url, timeoutMs);
    try {
      await connection.connect();
      await connection.fit();
      return connection;
    } catch (error) {
      const unavailable = connection.unavailable(error);
      await connection.close();
      throw unavailable;
    }
  }

  /** The Redis, without its password. */
  readonly name: string;

  private constructor(
    url: string,
    private readonly timeoutMs: number,
  ) {
    const address = addressOf(url);
    this.name = nameOf(address);
    const options: RedisOptions = {
      ...address,
      family: 0,
      lazyConnect: true,
      connectionName: 'touchstone-keys',
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
      disconnectTimeout: LAST_WORDS_MS,
      socketTimeout: timeoutMs, // a connection of which the other end is gone without a word
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      maxLoadingRetryTime: LONGEST_PAUSE_MS,
      retryStrategy: (times) => (this.opened ? Math.min(2 ** times * 20, LONGEST_PAUSE_MS) : null),
      reconnectOnError: (error) => error.message.startsWith('READONLY'), // it has become a replica
    };
    this.reads = new Redis(options);
    this.writes = new Redis(options);
    for (const redis of [this.reads, this.writes]) {
      redis.on('error', (error) => (this.why = error));
      redis.on('ready', () => (this.why = undefined));
      redis.on('close', () => (this.fitness = undefined));
    }
  }

  /** @throws KeyStoreUnavailable */
  read<T>(work: (redis: Redis, fitness: Fitness) => Promise<T>): Promise<T> {
    return this.use((fitness) => work(this.reads, fitness));
  }

  /** What was written is on disk when this returns. @throws KeyStoreUnavailable: it may have been written or not */
  write<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    return this.use(async ({ durable }) => {
      const result = await work(this.writes);
      if (durable === 'after WAITAOF') {
        const [kept] = (await this.writes.call('WAITAOF', 1, 0, this.timeoutMs)) as [number];
        if (kept < 1) throw new Error('it does not get its append-only file to disk in time');
      }
      return result;
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const redis of [this.reads, this.writes]) await redis.quit().catch(() => redis.disconnect());
  }

  private async connect(): Promise<void> {
    const limit = new AbortController();
    const loading = delay(LOADING_MS, undefined, { signal: limit.signal }).then(() => {
      throw new Error('it is still loading its data');
    });
    loading.catch(() => undefined);
    try {
      await Promise.race([Promise.all([this.reads.connect(), this.writes.connect()]), loading]);
      this.opened = true;
    } finally {
      limit.abort();
    }
  }

  private fit(): Promise<Fitness> {
    this.fitness ??= fitnessOf(this.reads, this.name).catch((error: unknown) => {
      this.fitness = undefined;
      throw error;
    });
    return this.fitness;
  }

  private async use<T>(work: (fitness: Fitness) => Promise<T>): Promise<T> {
    try {
      if (this.closed) throw new Error('closed');
      return await work(await this.fit());
    } catch (error) {
      throw this.unavailable(error);
    }
  }

  private unavailable(error: unknown): KeyStoreUnavailable {
    if (error instanceof KeyStoreUnavailable) return error;
    const cause = (error as Error).name === 'ReplyError' ? (error as Error) : (this.why ?? (error as Error));
    const reason = cause.message || (cause as NodeJS.ErrnoException).code || cause.name;
    return new KeyStoreUnavailable(this.said(reason.split('\n', 1)[0] ?? reason), { cause });
  }

  private said(reason: string): string {
    if (this.closed) return 'The key store is closed.';
    if (/^(WRONGPASS|NOAUTH)|invalid password/.test(reason))
      return `The Redis for keys, ${this.name}, does not take this user and password: correct them in KEYS_URL.`;
    if (reason.startsWith("Stream isn't writeable")) return `The Redis for keys, ${this.name}, is away.`;
    if (this.opened) return `The Redis for keys, ${this.name}, does not answer (${reason}).`;
    return `The Redis for keys, ${this.name}, cannot be used (${reason}): start it, or correct KEYS_URL.`;
  }
}
