import { hkdfSync } from 'node:crypto';

/** The public fingerprint of an installation's keys; derived, so that it is no keyed hash of any value. */
export const fingerprintOf = (identities: Uint8Array): string =>
  Buffer.from(hkdfSync('sha256', identities, '', 'touchstone key store fingerprint', 16)).toString('hex');
