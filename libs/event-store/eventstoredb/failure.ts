/**
 * What went wrong between here and the server, said in one line to whoever runs the program: what it is and what
 * to do about it. No line holds the connection string, which holds the password.
 */
import { EventTooLarge, StoreUnavailable } from '../port.js';

/** gRPC's status codes (https://grpc.io/docs/guides/status-codes/) that are told apart here. */
export const STATUS = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  PERMISSION_DENIED: 7,
  ABORTED: 10,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** What every error of a gRPC call has. */
interface CallError {
  readonly code?: number;
  readonly details?: string;
  readonly metadata?: { get(key: string): readonly (string | Buffer)[] };
}

const asCallError = (error: unknown): CallError => Object(error) as CallError;

/** The server's own name of the error: not-leader, stream-deleted, maximum-append-size-exceeded and so on. */
export function exceptionOf(error: unknown): string | undefined {
  return trailer(error, 'exception');
}

export function trailer(error: unknown, key: string): string | undefined {
  return asCallError(error).metadata?.get(key)[0]?.toString();
}

export const codeOf = (error: unknown): number | undefined => asCallError(error).code;

/** What a connection that does not come about says of itself, and what to do then. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /altname|does not match certificate/i,
    'its certificate is not for this host: use a name the certificate has',
  ],
  [
    /self.signed|unable to (verify|get)|certificate/i,
    'its certificate is not trusted: name the file of its certificate authority with tlsCAFile=',
  ],
  [/wrong version number|SSL routines/i, 'it does not speak TLS: add tls=false, on a trusted network only'],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed/i, 'there is no such host: check the name'],
  [/ECONNREFUSED/i, 'nothing listens there: start the server, or check host and port'],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/i, 'it cannot be reached: check the network and the port'],
  [/discover/i, 'no member of the cluster answered: check the hosts, and tls, tlsCAFile or the password'],
  [/not ready/i, 'it is still starting, or has no leader: wait for it'],
  [/too busy/i, 'it is too busy: append less at once, or give it more'],
  [
    /failed to connect|dropped|ECONNRESET|closed|socket hang up|goaway|PROTOCOL_ERROR/i,
    'the connection broke or did not come about: check that it runs, and that tls= is as the server has it',
  ],
];

/** One line for any error of a call to `server`, which is its hosts and ports. */
export function reasonOf(server: string, error: unknown): string {
  const { code, details } = asCallError(error);
  const said = details ?? (error instanceof Error ? error.message : String(error));
  if (code === STATUS.UNAUTHENTICATED)
    return `EventStoreDB at ${server} does not know this user: check user and password in its URL.`;
  if (code === STATUS.PERMISSION_DENIED || exceptionOf(error) === 'access-denied')
    return `EventStoreDB at ${server} refuses this user: name one who may read $all and append, as members of $admins may.`;
  if (code === STATUS.DEADLINE_EXCEEDED)
    return `EventStoreDB at ${server} did not answer in time: check that it runs, and what it is busy with.`;
  const advice = ADVICE.find(([pattern]) => pattern.test(said))?.[1];
  return advice
    ? `EventStoreDB at ${server} is not available, ${advice}.`
    : `EventStoreDB at ${server} is not available (${said.split('\n')[0]}).`;
}

/** The port's error for an error of a call; errors of the port's own, and of the program, stay what they are. */
export function failureOf(server: string, error: unknown): Error {
  if (error instanceof StoreUnavailable || error instanceof EventTooLarge) return error;
  if (error instanceof TypeError || error instanceof RangeError) return error;
  if (exceptionOf(error) === 'maximum-append-size-exceeded')
    return new EventTooLarge(
      `EventStoreDB at ${server} takes appends of up to ${trailer(error, 'maximum-append-size')} bytes: append less at once, or raise its MaxAppendSize.`,
      { cause: error },
    );
  return new StoreUnavailable(reasonOf(server, error), { cause: error });
}
