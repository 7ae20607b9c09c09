/**
 * What a Redis must be to keep keys: the one that writes go to, keeping each before it answers, and never making room
 * by forgetting. Looked at whenever a connection is made.
 */
import type { Redis } from 'ioredis';
import { KeyStoreUnavailable } from '../port.js';

export interface Fitness {
  /** Whether a write is on disk when it is answered, or must be waited for. */
  readonly durable: 'when answered' | 'after WAITAOF';
  /** Whether it also writes snapshots, which hold what is destroyed until the next. */
  readonly snapshots: boolean;
}

const OLDEST_MAJOR = 7;

/** @throws KeyStoreUnavailable with what to set */
export async function fitnessOf(redis: Redis, name: string): Promise<Fitness> {
  const refused = (why: string): KeyStoreUnavailable =>
    new KeyStoreUnavailable(`The Redis for keys, ${name}, ${why}.`);
  const info = await infoOf(redis);
  const version = info.get('redis_version') ?? 'unknown';
  if (!(Number.parseInt(version) >= OLDEST_MAJOR))
    throw refused(`is too old (${version}): use ${OLDEST_MAJOR}.0 or newer`);
  if (info.get('redis_mode') === 'cluster')
    throw refused('is a cluster: set KEYS_URL to a single primary of its own');
  if (info.get('role') !== 'master') throw refused('is a replica: set KEYS_URL to its primary');
  if (info.get('aof_enabled') !== '1')
    throw refused('would lose keys with its memory: set "appendonly yes" and "appendfsync always" there');
  const policy = info.get('maxmemory_policy');
  if (policy !== 'noeviction')
    throw refused(`may evict keys (${policy}): set "maxmemory-policy noeviction" there`);

  const config = await configOf(redis, 'appendfsync', 'save');
  const snapshots = config.get('save') !== ''; // also where it may not be read
  if (config.get('appendfsync') === 'always') return { durable: 'when answered', snapshots };
  const [waitaof] = (await redis.call('COMMAND', 'INFO', 'WAITAOF')) as unknown[];
  if (waitaof) return { durable: 'after WAITAOF', snapshots };
  throw refused(
    'answers before it has kept what it was told: set "appendfsync always" there, and let this user read it (CONFIG GET)',
  );
}

export async function infoOf(redis: Redis): Promise<ReadonlyMap<string, string>> {
  const lines = (await redis.info()).split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** Nothing where this user may not read it. */
async function configOf(redis: Redis, ...names: string[]): Promise<ReadonlyMap<string, string>> {
  const config = new Map<string, string>();
  for (const name of names) {
    const answer = (await redis.call('CONFIG', 'GET', name).catch(nothingIfRefused)) as string[];
    if (answer[1] !== undefined) config.set(name, answer[1]);
  }
  return config;
}

function nothingIfRefused(error: unknown): string[] {
  if ((error as Error).name === 'ReplyError') return [];
  throw error;
}
