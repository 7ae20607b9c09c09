/** Where a Redis is and who we are to it, from a URL: redis://[user:password@]host[:port][/database], or rediss:// for TLS. */

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
}

const FORM = 'A Redis URL is redis://[user:password@]host[:port][/database], or rediss:// for TLS';
const PORT = 6379;

/** @throws TypeError in words that hold nothing of the URL: it may hold a password */
export function addressOf(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const database = /^\/?(\d*)$/.exec(parsed?.pathname ?? '?')?.[1];
  if (parsed === null || database === undefined) throw new TypeError(FORM);
  const { protocol, hostname, port, search, hash } = parsed;
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '' || search !== '' || hash !== '')
    throw new TypeError(FORM);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? PORT : Number(port),
    tls: protocol === 'rediss:',
    ...(parsed.username !== '' && { username: unescaped(parsed.username) }),
    ...(parsed.password !== '' && { password: unescaped(parsed.password) }),
    database: Number(database),
  };
}

/** Where it is, without the password. */
export const nameOf = ({ host, port, database }: Address): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}${database === 0 ? '' : `/${database}`}`;

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError(FORM);
  }
}
