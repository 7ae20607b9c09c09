/**
 * Two connections to a Redis that may be trusted with keys: the one that writes go to, keeping each before it answers.
 * One is to read and one to write, for a write may have to wait for the disk.
 */
import {
  addressOf,
  compact,
  Connection,
  Unfit,
  type Ask,
  type Info,
  type Server,
  type Terms,
} from '#redis/index.js';
import { KeyStoreUnavailable } from '../port.js';
import { SCRIPTS } from './scripts.js';

export interface Fitness {
  /** Whether a write is on disk when it is answered, or must be waited for. */
  readonly durable: 'when answered' | 'after WAITAOF';
}

const TERMS: Terms<Fitness> = {
  store: 'The key store',
  redis: 'The Redis for keys (KEYS_URL) at',
  error: (line) => new KeyStoreUnavailable(`${line}.`),
  oldest: '7.0',
  scripts: Object.values(SCRIPTS),
  fitness,
};

export class Connections {
  private constructor(
    private readonly reads: Connection<Fitness>,
    private readonly writes: Connection<Fitness>,
    private readonly timeoutMs: number,
  ) {}

  /** @throws TypeError for a URL that is none @throws KeyStoreUnavailable when nobody fit is there */
  static async open(url: string, timeoutMs: number): Promise<Connections> {
    const address = addressOf(url);
    const reads = await Connection.open(address, timeoutMs, TERMS);
    try {
      return new Connections(reads, await Connection.open(address, timeoutMs, TERMS), timeoutMs);
    } catch (error) {
      await reads.close();
      throw error;
    }
  }

  get where(): string {
    return this.writes.where;
  }

  /** @throws KeyStoreUnavailable */
  read<T>(work: (server: Server, fitness: Fitness) => Promise<T>): Promise<T> {
    return this.reads.use(work);
  }

  /** What was written is on disk when this returns. @throws KeyStoreUnavailable: it may have been written or not */
  write<T>(work: (server: Server) => Promise<T>): Promise<T> {
    return this.writes.use(async (server, { durable }) => {
      const result = await work(server);
      if (durable === 'after WAITAOF') {
        const [kept] = (await server.command('WAITAOF', [1, 0, this.timeoutMs])) as [number];
        if (kept < 1) throw this.writes.unavailable('does not get its append-only file to disk in time');
      }
      return result;
    });
  }

  compact(): Promise<void> {
    return compact(this.reads);
  }

  async close(): Promise<void> {
    await this.reads.close();
    await this.writes.close();
  }
}

/** What it must be beyond any Redis. @throws Unfit with what to set */
async function fitness(info: Info, ask: Ask): Promise<Fitness> {
  if (info.get('redis_mode') === 'cluster')
    throw new Unfit('is a cluster: keys want a single primary of their own');
  if (info.get('aof_enabled') !== '1')
    throw new Unfit('would lose keys with its memory: set "appendonly yes" and "appendfsync always" there');
  // Nothing where this user may not read it.
  const config = await ask('CONFIG', ['GET', 'appendfsync']).catch(() => null);
  if (Array.isArray(config) && config[1] === 'always') return { durable: 'when answered' };
  const [waitaof] = (await ask('COMMAND', ['INFO', 'WAITAOF'])) as unknown[];
  if (waitaof) return { durable: 'after WAITAOF' };
  throw new Unfit(
    'answers before it has kept what it was told: set "appendfsync always" there, and let this user read it (CONFIG GET)',
  );
}
