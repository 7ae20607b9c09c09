/**
 * The connection string, checked before the client sees it: the client's own complaints quote it, password and
 * all, an option that it does not know it only warns of, and a password with a colon it cuts short.
 */

/** A connection string that can be used. */
export interface ServerUrl {
  readonly connectionString: string;
  /** Hosts and ports, for messages. */
  readonly server: string;
  readonly tls: boolean;
  readonly defaultDeadlineMs: number | undefined;
}

const FORM = 'esdb://user:password@host:2113?tls=true, or esdb+discover:// for a cluster';

/** As the client compares them: without case, - and _. */
const OPTIONS = new Set(
  [
    'connectionName',
    'defaultDeadline',
    'discoveryInterval',
    'gossipTimeout',
    'keepAliveInterval',
    'keepAliveTimeout',
    'maxDiscoverAttempts',
    'nodePreference',
    'throwOnAppendFailure',
    'tls',
    'tlsCAFile',
    'tlsVerifyCert',
    'userCertFile',
    'userKeyFile',
  ].map(flat),
);

/** @throws TypeError of one line that says what to change */
export function serverUrl(url: string, connectionName?: string): ServerUrl {
  const [, scheme, rest = ''] = /^(esdb|esdb\+discover):\/\/(.*)$/s.exec(url.trim()) ?? [];
  if (!scheme) throw wrong(`begins with esdb:// or esdb+discover://, as in ${FORM}`);
  const [place = '', query = '', ...more] = rest.split('?');
  if (more.length > 0) throw wrong('has one ? before its options: write a ? in the password as %3F');

  const [credentials, hosts, ...ats] = place.includes('@') ? place.split('@') : [undefined, place];
  if (ats.length > 0) throw wrong('has one @, before the host: write an @ in the password as %40');
  if (credentials !== undefined) checkCredentials(credentials);
  const server = (hosts ?? '').replace(/\/+$/, '');
  for (const host of server.split(',')) checkHost(host);

  const options = new Map<string, string>();
  for (const pair of query.split('&').filter(Boolean)) {
    const [name = '', value = ''] = pair.split('=');
    checkOption(name, value);
    options.set(flat(name), value);
  }
  const named = connectionName === undefined || options.has(flat('connectionName'));
  const connectionString = named
    ? url.trim()
    : `${url.trim()}${query ? '&' : '?'}connectionName=${encodeURIComponent(connectionName)}`;
  const deadline = options.get(flat('defaultDeadline'));
  return {
    connectionString,
    server,
    tls: options.get('tls') !== 'false',
    defaultDeadlineMs: deadline === undefined ? undefined : Number(deadline),
  };
}

export const wrong = (demand: string): TypeError => new TypeError(`The URL of EventStoreDB ${demand}.`);

function checkCredentials(credentials: string): void {
  const parts = credentials.split(':');
  if (parts.length !== 2 || parts.includes(''))
    throw wrong('has user:password before the @: write a colon in the password as %3A');
  try {
    decodeURIComponent(credentials);
  } catch {
    throw wrong('has a % in user or password that is no escape: write it as %25');
  }
}

function checkHost(host: string): void {
  const [, port] = /^[^\s:/$+!*'();[\]{}|"%~#<>=&]+(?::(\d{1,5}))?$/.exec(host) ?? [undefined, 'none'];
  if (port === 'none' || Number(port ?? 1) > 65_535 || Number(port ?? 1) === 0)
    throw wrong(`names hosts as host:port with a port from 1 to 65535, as in ${FORM}`);
}

function checkOption(name: string, value: string): void {
  if (!OPTIONS.has(flat(name))) throw wrong(`has an option that is not known: take ${name} out`);
  if (value === '') throw wrong(`has no value for ${name}`);
  if (flat(name) === 'tlsverifycert' && value === 'false')
    throw wrong('cannot turn tlsVerifyCert off: name the certificate authority with tlsCAFile= instead');
}

function flat(name: string): string {
  return name.trim().toLowerCase().replace(/[_-]/g, '');
}
