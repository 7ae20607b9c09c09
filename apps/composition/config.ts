/** Configuration, read once from the environment into a typed object. */
import { join, resolve } from 'node:path';
import type { MasterKeys } from '#key-store/index.js';
import { address, ConfigError, oneOf, whole, type Environment } from './environment.js';
import { eventsUrl } from './events-url.js';
import { masterKeysFrom } from './master-keys.js';

export { ConfigError, type Environment };

export interface Config {
  /** Folder of the embedded stores. */
  readonly dataFolder: string;
  /** `esdb://…` or `esdb+discover://…`; without it the log is a file in the data folder. */
  readonly eventStoreUrl?: string | undefined;
  /** `redis://…` or `rediss://…`; without it views are in a file in the data folder. */
  readonly redisUrl?: string | undefined;
  /** `redis://…` or `rediss://…`; without it keys for personal data are in a file in the data folder. */
  readonly keysUrl?: string | undefined;
  /** What wraps those keys; without them they are kept as they are, which only a file may do. */
  readonly masterKeys?: MasterKeys | undefined;
  readonly host: string;
  readonly port: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Lag beyond which a view is not ready, in seconds. */
  readonly readyLagSeconds: number;
  /** Whether the API's process moves views too, in a thread of its own. */
  readonly projector: (typeof PROJECTOR)[number];
  /** For how long what a process holds stays undone by others after it froze or died, in milliseconds. */
  readonly leaseMs: number;
  /** Settings that should be changed, a line each. They still work. */
  readonly advice: readonly string[];
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
const PROJECTOR = ['inside', 'none'] as const;
const REDIS = ['redis:', 'rediss:'];

/** @param defaultPort where PORT is not set: each app has its own, so that they start side by side */
export function readConfig(env: Environment, defaultPort = 3000): Config {
  const [redisUrl, keysUrl] = [address(env, 'REDIS_URL', REDIS), address(env, 'KEYS_URL', REDIS)];
  if (keysUrl !== undefined && keysUrl === redisUrl)
    throw new ConfigError(
      'KEYS_URL is REDIS_URL: give the keys a Redis, or a database, of their own. Views may be flushed; keys may not.',
    );
  const { url: eventStoreUrl, advice } = eventsUrl(env);
  return {
    dataFolder: resolve(env['TOUCHSTONE_DATA'] || 'data'),
    eventStoreUrl,
    redisUrl,
    keysUrl,
    masterKeys: masterKeysFrom(env),
    host: env['HOST'] || '127.0.0.1',
    port: whole(env, 'PORT', defaultPort, 0, 65_535),
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    readyLagSeconds: whole(env, 'READY_LAG_SECONDS', 30, 1, 86_400),
    projector: oneOf(env, 'PROJECTOR', PROJECTOR, 'inside'),
    leaseMs: whole(env, 'LEASE_MS', 6_000, 100, 600_000),
    advice,
  };
}

export const files = ({ dataFolder }: Pick<Config, 'dataFolder'>) => ({
  events: join(dataFolder, 'events.sqlite'),
  keys: join(dataFolder, 'keys.sqlite'),
  views: join(dataFolder, 'views.sqlite'),
});
