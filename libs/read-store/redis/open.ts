/** Opens a Redis as a read store, if it is one that can be trusted with it. */
import { addressOf, Connection, type Terms } from '#redis/index.js';
import { ReadStoreUnavailable } from '../port.js';
import { keysUnder } from './layout.js';
import { SCRIPTS } from './scripts.js';
import { RedisReadStore } from './store.js';

export interface RedisReadStoreOptions {
  /** redis://[user:password@]host[:port][/database], or rediss:// for TLS. */
  readonly url: string;
  /** Begins every key, as its hash tag: two read stores in one Redis have different ones. Default: touchstone. */
  readonly prefix?: string;
  /** A call that takes longer is given up, and its connection with it. Default: 5000. */
  readonly commandTimeoutMs?: number;
}

const TERMS: Terms<null> = {
  store: 'The read store',
  redis: 'Redis at',
  error: (line) => new ReadStoreUnavailable(line),
  oldest: '6.2', // the client's own minimum, and the oldest that is still looked after
  scripts: Object.values(SCRIPTS),
  fitness: () => null,
};

/**
 * @throws TypeError for a URL or a prefix that cannot be one
 * @throws ReadStoreUnavailable in one line that says what to do
 */
export async function openRedisReadStore(options: RedisReadStoreOptions): Promise<RedisReadStore> {
  const { url, prefix = 'touchstone', commandTimeoutMs = 5000 } = options;
  const keys = keysUnder(prefix);
  return new RedisReadStore(await Connection.open(addressOf(url), commandTimeoutMs, TERMS), keys);
}
