/** Configuration, read once from the environment into a typed object; what is wrong is said in one line. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { MasterKeys } from '#key-store/index.js';
import { masterKeysFrom } from './master-keys.js';

export interface Config {
  /** Folder of the embedded stores. */
  readonly dataFolder: string;
  /** `esdb://…` or `esdb+discover://…`; null for the embedded event store. */
  readonly eventStoreUrl: string | null;
  /** `redis://…` or `rediss://…`; null for the embedded read store. */
  readonly redisUrl: string | null;
  /** `redis://…` or `rediss://…`; null for a file in the data folder. */
  readonly keysUrl: string | null;
  /** What wraps the keys for personal data; undefined where they are kept as they are, in a file. */
  readonly masterKeys: MasterKeys | undefined;
  readonly host: string;
  readonly port: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Lag beyond which a view is not ready, in seconds. */
  readonly readyLagSeconds: number;
  /** Whether the API's process moves views too, in a thread of its own. */
  readonly projector: (typeof PROJECTOR)[number];
  /** For how long what a process holds stays undone by others after it froze or died, in milliseconds. */
  readonly leaseMs: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
const PROJECTOR = ['inside', 'none'] as const;
const ESDB = ['esdb:', 'esdb+discover:'];
const REDIS = ['redis:', 'rediss:'];

/** @param defaultPort where PORT is not set: each app has its own, so that they start side by side */
export function readConfig(env: Environment, defaultPort = 3000): Config {
  return {
    dataFolder: resolve(env['TOUCHSTONE_DATA'] ?? 'data'),
    eventStoreUrl: url(env, 'EVENTSTORE_URL', ESDB),
    redisUrl: url(env, 'REDIS_URL', REDIS),
    keysUrl: url(env, 'KEYS_URL', REDIS),
    masterKeys: masterKeysFrom(env),
    host: env['HOST'] ?? '127.0.0.1',
    port: whole(env, 'PORT', defaultPort, 0, 65_535),
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    readyLagSeconds: whole(env, 'READY_LAG_SECONDS', 30, 1, 86_400),
    projector: oneOf(env, 'PROJECTOR', PROJECTOR, 'inside'),
    leaseMs: whole(env, 'LEASE_MS', 6_000, 100, 600_000),
  };
}

export const files = ({ dataFolder }: Pick<Config, 'dataFolder'>) => ({
  events: join(dataFolder, 'events.sqlite'),
  keys: join(dataFolder, 'keys.sqlite'),
  views: join(dataFolder, 'views.sqlite'),
});

/** A setting that may be secret: its value, or what the file named by `<NAME>_FILE` holds. */
export function secret(env: Environment, name: string): string | undefined {
  const path = env[`${name}_FILE`];
  if (!path) return env[name] || undefined;
  if (env[name]) throw new ConfigError(`Both ${name} and ${name}_FILE are set: unset one of them.`);
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${name}_FILE names ${path}, which cannot be read (${code}): correct it.`);
  }
}

/** What is wrong is told without the value: a URL may hold a password. */
function url(env: Environment, name: string, protocols: readonly string[]): string | null {
  const text = secret(env, name);
  if (text === undefined) return null;
  const wanted = protocols.map((protocol) => `${protocol}//`).join(' or ');
  if (!protocols.some((protocol) => text.startsWith(`${protocol}//`)))
    throw new ConfigError(`${name} must start with ${wanted} and name a server.`);
  return text;
}

function whole(env: Environment, name: string, otherwise: number, min: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not "${text}".`);
}

function oneOf<const V extends string>(
  env: Environment,
  name: string,
  values: readonly V[],
  otherwise: V,
): V {
  const text = env[name] || otherwise;
  const known = values.find((value) => value === text);
  if (known !== undefined) return known;
  throw new ConfigError(`${name} must be one of ${values.join(', ')}, not "${text}".`);
}
