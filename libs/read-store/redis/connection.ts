/**
 * One connection to Redis, and another when it is gone. Every call ends within a bounded time: it is refused at once
 * while there is no connection, and nothing waits in a queue for one. A server that does not answer in time loses the
 * connection too, since nobody knows what it will do with what it was asked.
 *
 * Each connection is a client of its own that never reconnects: what the library does by itself (sending again what
 * may have happened, going on with another database where SELECT failed) is not for a store.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { ReadStoreUnavailable } from '../port.js';
import { endsConnection, isReply, translated } from './failure.js';
import { inspect } from './inspect.js';
import { SCRIPTS, type Script } from './scripts.js';
import type { Address } from './url.js';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;
/** How long a server may take to close its end, before the connection is cut. */
const PARTING_MS = 100;

export class Connection {
  #client: Redis | null = null;
  #reason = 'The read store is closed';
  readonly #closing = new AbortController();
  #supervised: Promise<void> = Promise.resolve();
  readonly #where: string;

  private constructor(
    private readonly address: Address,
    private readonly timeoutMs: number,
  ) {
    this.#where = `${address.host}:${address.port}`;
  }

  /** @throws ReadStoreUnavailable in one line that says what to do */
  static async open(address: Address, timeoutMs: number): Promise<Connection> {
    const connection = new Connection(address, timeoutMs);
    const client = await connection.#connected();
    connection.#supervised = connection.#supervise(client);
    return connection;
  }

  /** @throws ReadStoreUnavailable; whether the script ran is not known then */
  async run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const rest = [keys.length, ...keys, ...args];
    try {
      return await this.#send('EVALSHA', [script.sha, ...rest]);
    } catch (error) {
      if (!isReply(error, 'NOSCRIPT')) throw translated(error, this.#where);
    }
    return this.command('EVAL', [script.lua, ...rest]);
  }

  /** @throws ReadStoreUnavailable */
  async command(name: string, args: (string | number)[]): Promise<unknown> {
    try {
      return await this.#send(name, args);
    } catch (error) {
      throw translated(error, this.#where);
    }
  }

  /** Waits for what was asked for. */
  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#reason = 'The read store is closed';
    this.#closing.abort();
    await client?.quit().catch(() => undefined);
    client?.disconnect();
    await this.#supervised;
  }

  async #send(name: string, args: (string | number)[]): Promise<unknown> {
    const client = this.#client;
    if (client === null) throw new ReadStoreUnavailable(this.#reason);
    try {
      return await client.call(name, args);
    } catch (error) {
      if (endsConnection(error)) this.#leave(client, error);
      throw error;
    }
  }

  #leave(client: Redis, error: unknown): void {
    if (this.#client === client) {
      this.#client = null;
      this.#reason = translated(error, this.#where).message;
    }
    client.disconnect();
  }

  async #supervise(first: Redis): Promise<void> {
    let client: Redis | null = first;
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (client !== null) {
        attempt = 0;
        await ended(client);
        if (this.#client === client) this.#leave(client, new Error('Connection is closed.'));
      }
      await delay(waitBefore(attempt), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      client = await this.#connected().catch((error: Error) => {
        if (!signal.aborted) this.#reason = error.message;
        return null;
      });
    }
  }

  /** A client that is connected, to a server that will do. */
  async #connected(): Promise<Redis> {
    const { signal } = this.#closing;
    const client = new Redis(optionsOf(this.address, this.timeoutMs));
    let failure: unknown;
    client.on('error', (error) => (failure ??= error)); // says more than what the call is rejected with
    const stop = () => client.disconnect();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await client.connect();
      if (failure !== undefined) throw failure;
      inspect(await client.info(), this.#where);
      for (const { lua } of Object.values(SCRIPTS)) await client.script('LOAD', lua);
      if (signal.aborted) throw new ReadStoreUnavailable(this.#reason);
      this.#client = client;
      return client;
    } catch (error) {
      client.disconnect();
      throw translated(failure ?? error, this.#where);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

const optionsOf = ({ host, port, tls, username, password, database }: Address, timeoutMs: number) => ({
  host,
  port,
  db: database,
  ...(tls && { tls: {} }),
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  protocol: 2 as const, // which one too old speaks as well, so that it can be told so
  disableClientInfo: true,
  lazyConnect: true,
  enableReadyCheck: false, // `inspect` is stricter
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  retryStrategy: null,
  maxRetriesPerRequest: null,
  connectTimeout: timeoutMs,
  commandTimeout: timeoutMs,
  disconnectTimeout: PARTING_MS,
});

/** Not by `once` of events, which an error rejects that comes before the end. */
async function ended(client: Redis): Promise<void> {
  if (client.status !== 'end') await new Promise((resolve) => client.once('end', resolve));
}

/** Doubles, and is spread so that those who lost one server do not come back at one moment. */
const waitBefore = (attempt: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
