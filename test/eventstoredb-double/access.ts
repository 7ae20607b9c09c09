/** Who may ask: everybody, or whoever knows the one user's password. */
import type { Metadata } from '@grpc/grpc-js';
import * as refusals from './refusals.js';
import type { Refusal } from './refusals.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A wrong password is unauthenticated; nobody at all is denied access to streams, as 24.6 does by default. */
export function refusedAccess(expected: Credentials | undefined, metadata: Metadata): Refusal | null {
  if (!expected) return null;
  const given = metadata.get('authorization')[0];
  if (given === undefined) return refusals.accessDenied();
  const basic = Buffer.from(`${expected.username}:${expected.password}`).toString('base64');
  return given === `Basic ${basic}` ? null : refusals.unauthenticated();
}
