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
import { nameOf, type Address } from './address.js';
import { endsConnection, isReply, lineOf, LOADING } from './failure.js';
import { inspect, parseInfo, type Info } from './info.js';
import type { Script } from './script.js';

/** What a store demands of its Redis, and how it says that it cannot be used. */
export interface Terms<Fitness> {
  /** The store, as it is named once it is closed. */
  readonly store: string;
  /** Its Redis, as it is named before where it is. */
  readonly redis: string;
  /** The port's error, without a cause: the client's own errors carry what was sent. */
  readonly error: (line: string) => Error;
  readonly oldest: string;
  readonly scripts: readonly Script[];
  /** Looks at the server, beyond what every store demands. @throws Unfit */
  readonly fitness: (info: Info, ask: Ask) => Fitness | Promise<Fitness>;
}

/** How text comes back: Redis keeps bytes. */
type As = 'text' | 'bytes';
type Value = string | number | Buffer;

/** @throws what the client throws */
export type Ask = (name: string, args: Value[], as?: As) => Promise<unknown>;

/** Both throw the port's error; whether it was done is not known then. */
export interface Server {
  run(script: Script, keys: readonly string[], args: readonly Value[], as?: As): Promise<unknown>;
  command(name: string, args: readonly Value[], as?: As): Promise<unknown>;
}

interface Connected<Fitness> {
  readonly client: Redis;
  readonly server: Server;
  readonly fitness: Fitness;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;
/** Reading a large append-only file may take this long; who starts waits for it. */
const LOADING_MS = 60_000;
const LOADING_POLL_MS = 500;
/** How long a server may take to close its end, before the connection is cut. */
const PARTING_MS = 100;

export class Connection<Fitness> implements Server {
  #connected: Connected<Fitness> | null = null;
  #reason: string;
  readonly #closing = new AbortController();
  #supervised: Promise<void> = Promise.resolve();

  private constructor(
    private readonly address: Address,
    private readonly timeoutMs: number,
    private readonly terms: Terms<Fitness>,
  ) {
    this.#reason = `${terms.store} is closed`;
  }

  /** @throws the port's error in one line that says what to do */
  static async open<Fitness>(address: Address, timeoutMs: number, terms: Terms<Fitness>) {
    const connection = new Connection(address, timeoutMs, terms);
    connection.#supervised = connection.#supervise(await connection.#first());
    return connection;
  }

  /** Where the server is: never the URL, which holds the password. */
  get where(): string {
    return nameOf(this.address);
  }

  /** All that `work` asks goes over one connection, or fails with it. */
  async use<T>(work: (server: Server, fitness: Fitness) => Promise<T>): Promise<T> {
    if (this.#connected === null) throw this.terms.error(this.#reason);
    return work(this.#connected.server, this.#connected.fitness);
  }

  run(script: Script, keys: readonly string[], args: readonly Value[], as?: As): Promise<unknown> {
    return this.use((server) => server.run(script, keys, args, as));
  }

  command(name: string, args: readonly Value[], as?: As): Promise<unknown> {
    return this.use((server) => server.command(name, args, as));
  }

  /** @param line goes on where the server was named */
  unavailable(line: string): Error {
    return this.terms.error(this.#lineOf(line));
  }

  /** Waits for what was asked for. */
  async close(): Promise<void> {
    const client = this.#connected?.client;
    this.#connected = null;
    this.#reason = `${this.terms.store} is closed`;
    this.#closing.abort();
    await client?.quit().catch(() => undefined);
    client?.disconnect();
    await this.#supervised;
  }

  #lineOf(line: string): string {
    return `${this.terms.redis} ${this.where} ${line}`;
  }

  #leave(client: Redis, error: unknown): void {
    if (this.#connected?.client === client) {
      this.#connected = null;
      this.#reason = this.#lineOf(lineOf(error));
    }
    client.disconnect();
  }

  async #first(): Promise<Redis> {
    const deadline = performance.now() + LOADING_MS;
    for (;;) {
      try {
        return await this.#connect();
      } catch (error) {
        const line = lineOf(error);
        if (line !== LOADING || performance.now() > deadline) throw this.unavailable(line);
      }
      await delay(LOADING_POLL_MS);
    }
  }

  async #supervise(first: Redis): Promise<void> {
    let client: Redis | null = first;
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (client !== null) {
        attempt = 0;
        await ended(client);
        this.#leave(client, new Error('Connection is closed.'));
      }
      await delay(waitBefore(attempt), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      client = await this.#connect().catch((error: unknown) => {
        if (!signal.aborted) this.#reason = this.#lineOf(lineOf(error));
        return null;
      });
    }
  }

  /** A client that is connected, to a server that will do. @throws what `lineOf` has words for */
  async #connect(): Promise<Redis> {
    const { signal } = this.#closing;
    const client = new Redis(optionsOf(this.address, this.timeoutMs));
    let failure: unknown;
    client.on('error', (error) => (failure ??= error)); // says more than what the call is rejected with
    const stop = () => client.disconnect();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await client.connect();
      if (failure !== undefined) throw failure;
      const info = parseInfo(await client.info());
      inspect(info, this.terms.oldest);
      const fitness = await this.terms.fitness(info, asking(client));
      for (const { lua } of this.terms.scripts) await client.script('LOAD', lua);
      signal.throwIfAborted();
      this.#connected = { client, server: this.#serverBy(client), fitness };
      return client;
    } catch (error) {
      client.disconnect();
      throw failure ?? error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #serverBy(client: Redis): Server {
    const ask = asking(client);
    const refuse = (error: unknown): never => {
      if (endsConnection(error)) this.#leave(client, error);
      throw this.unavailable(lineOf(error));
    };
    return {
      command: (name, args, as) => ask(name, [...args], as).catch(refuse),
      run: async ({ lua, sha }, keys, args, as) => {
        const rest = [keys.length, ...keys, ...args];
        try {
          return await ask('EVALSHA', [sha, ...rest], as);
        } catch (error) {
          if (!isReply(error, 'NOSCRIPT')) refuse(error);
        }
        return ask('EVAL', [lua, ...rest], as).catch(refuse);
      },
    };
  }
}

const asking =
  (client: Redis): Ask =>
  (name, args, as = 'text') =>
    as === 'bytes' ? client.callBuffer(name, args) : client.call(name, args);

const optionsOf = ({ host, port, tls, username, password, database }: Address, timeoutMs: number) => ({
  host,
  port,
  db: database,
  ...(tls && { tls: {} }),
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  connectionName: 'touchstone',
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
