/**
 * What Redis and the way to it say, in words for an operator. Only the code that a reply begins with is passed on: the
 * rest of it may quote arguments, and the client's own error carries them all, and arguments are what people said.
 */

/** It is there, and not what the store needs. The message goes on where the server was named. */
export class Unfit extends Error {
  override readonly name = 'Unfit';
}

export const REPLICA = 'is a replica: give the address of the primary';
export const LOADING = 'is still loading its data';
/** Of a rewrite of its files, of which there is one at a time. */
export const WRITING = 'is writing its data to disk already';

/** By the word a reply begins with. */
const REPLIES: Readonly<Record<string, string>> = {
  READONLY: REPLICA,
  OOM: 'is full: raise its maxmemory',
  NOAUTH: 'wants a password',
  WRONGPASS: 'does not know this user and password',
  NOPERM: 'does not let this user do what is needed',
  LOADING,
  BUSY: 'is busy with a script',
  MISCONF: 'cannot write to its disk, and takes no writes until it can',
  MOVED: 'is a node of a cluster that keeps these keys elsewhere',
  CLUSTERDOWN: 'is a node of a cluster that is down',
  MASTERDOWN: 'is a replica that lost its primary: give the address of the primary',
  WRONGTYPE: 'has keys of another kind under this prefix: choose another prefix',
};

/** By the code of the network or of TLS. */
const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'does not answer: nobody listens there',
  ENOTFOUND: 'does not answer: the host is not known',
  EAI_AGAIN: 'does not answer: the host is not known at present',
  ETIMEDOUT: 'does not answer',
  EHOSTUNREACH: 'does not answer: there is no way to the host',
  ECONNRESET: 'cut the connection',
  EPIPE: 'cut the connection',
  EPROTO: 'does not speak TLS: is it redis:// instead of rediss://?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS: is it redis:// instead of rediss://?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS: is it redis:// instead of rediss://?',
  CERT_HAS_EXPIRED: 'shows a certificate that has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'shows a certificate for another host',
};

const UNTRUSTED = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

interface Said {
  readonly name: string;
  readonly message: string;
  readonly code: string;
}

/** Not by `instanceof`: where a test runner has a realm of its own, the network's errors come from another. */
function said(error: unknown): Said {
  const { name = '', message = '', code = '' } = (error ?? {}) as Partial<Said>;
  return { name, message: String(message), code: String(code) };
}

const wordOf = ({ message }: Said): string => /^[A-Z]+/.exec(message)?.[0] ?? '';

export const isReply = (error: unknown, word: string): boolean => wordOf(said(error)) === word;

/** After these the connection is of no more use: what comes over it is late, or from the wrong server. */
export const endsConnection = (error: unknown): boolean =>
  isReply(error, 'READONLY') || said(error).message === 'Command timed out';

/** What is wrong with the server: goes on where it was named. */
export function lineOf(error: unknown): string {
  return error instanceof Unfit ? error.message : lineOfSaid(said(error));
}

function lineOfSaid(error: Said): string {
  const { name, message, code } = error;
  const known = REPLIES[wordOf(error)] ?? NETWORK[code];
  if (known) return known;
  if (/^ERR (invalid password|AUTH|.*without any password)/i.test(message)) return REPLIES['WRONGPASS']!; // is there
  if (/^ERR (invalid DB index|DB index)/.test(message)) return 'has no database of this number';
  if (/in progress|child process is active/i.test(message)) return WRITING;
  if (/^ERR unknown command/.test(message)) return 'does not know a command that is needed';
  if (UNTRUSTED.test(code))
    return `shows a certificate nobody here trusts (${code}): see NODE_EXTRA_CA_CERTS`;
  if (message === 'Command timed out') return 'did not answer in time';
  if (/^(Connection is closed|Stream isn't writeable)/.test(message)) return 'cut the connection';
  if (name === 'ReplyError' || wordOf(error) !== '') return `refused (${wordOf(error)})`;
  return `cannot be used (${code || name})`;
}
