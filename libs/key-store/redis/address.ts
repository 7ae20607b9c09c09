/** Where a Redis is, from its URL; and how to name it without giving away its password. */
import { KeyStoreUnavailable } from '../port.js';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
}

/** @throws KeyStoreUnavailable, without repeating what is wrong: it may hold a password */
export function addressOf(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const db = /^\/?(\d{0,4})$/.exec(parsed?.pathname ?? '')?.[1];
  if (parsed?.hostname && db !== undefined && ['redis:', 'rediss:'].includes(parsed.protocol)) {
    const { hostname, port, username, password, protocol } = parsed;
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? 6379 : Number(port),
      db: Number(db),
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    };
  }
  throw new KeyStoreUnavailable(
    'KEYS_URL is not the URL of a Redis: write it as redis://user:password@host:6379/0, or rediss:// for TLS.',
  );
}

export const nameOf = ({ host, port, db, tls }: Address): string =>
  `${tls ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}:${port}/${db}`;
