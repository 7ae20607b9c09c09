/** How EventStoreDB says no: gRPC statuses, with the exception named in the trailers where the client looks for it. */
import { Metadata, status } from '@grpc/grpc-js';

/** An error that gRPC takes as it is. */
export interface Refusal extends Error {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

export function refusal(code: number, details: string, trailers: Record<string, string> = {}): Refusal {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const notReady = (): Refusal => refusal(status.UNAVAILABLE, 'Server Is Not Ready');

export const timedOut = (what: string): Refusal => refusal(status.ABORTED, `Operation timed out: ${what}`);

export const unauthenticated = (): Refusal => refusal(status.UNAUTHENTICATED, 'Unauthenticated');

export const accessDenied = (): Refusal =>
  refusal(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const invalidPosition = (): Refusal =>
  refusal(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');

export const invalidArgument = (details: string): Refusal => refusal(status.INVALID_ARGUMENT, details);

/** The answer of a read that cannot be made; the server names the kind of its result, and not what was wrong. */
export const unexpected = (result: 'ReadStreamResult' | 'ReadAllResult'): Refusal =>
  refusal(status.UNKNOWN, `Unexpected ${result}: Error`);

/** What an exception that nobody caught becomes. */
export const unknown = (details: string): Refusal => refusal(status.UNKNOWN, details);

export const streamDeleted = (stream: string): Refusal =>
  refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const maximumAppendSizeExceeded = (bytes: number): Refusal =>
  refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(bytes),
  });

export const requiredMetadataMissing = (property: string): Refusal =>
  refusal(status.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const wrongExpectedVersion = (stream: string, expected: bigint, actual: number): Refusal =>
  refusal(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(expected),
      'actual-version': String(actual),
    },
  );
