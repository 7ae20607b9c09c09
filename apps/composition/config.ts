/** Configuration, read once from the environment into a typed object; what is wrong is said in one line. */
import { join, resolve } from 'node:path';

export interface Config {
  /** Folder of the embedded stores. */
  readonly dataFolder: string;
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

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const PROJECTOR = ['inside', 'none'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  for (const name of ['EVENTSTORE_URL', 'REDIS_URL']) {
    if (env[name])
      throw new ConfigError(`${name} is set, but this build has the embedded stores only. Unset it.`);
  }
  return {
    dataFolder: resolve(env['TOUCHSTONE_DATA'] ?? 'data'),
    host: env['HOST'] ?? '127.0.0.1',
    port: whole(env, 'PORT', 3000, 0, 65_535),
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

function whole(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  otherwise: number,
  min: number,
  max: number,
): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not "${text}".`);
}

function oneOf<const V extends string>(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  values: readonly V[],
  otherwise: V,
): V {
  const text = env[name] ?? otherwise;
  const known = values.find((value) => value === text);
  if (known !== undefined) return known;
  throw new ConfigError(`${name} must be one of ${values.join(', ')}, not "${text}".`);
}
