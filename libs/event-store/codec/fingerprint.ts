/**
 * The fingerprint of a request, by which a key that comes back with another body is told. It is an HMAC-SHA256 under the
 * customer's own key, so that an erasure takes it along: what was said cannot be guessed from it afterwards. Requests
 * about nobody are under a secret of the installation.
 */
import { createHmac, type KeyObject } from 'node:crypto';

/** Sets this use of the key apart from sealing. */
const USE = 'touchstone fingerprint ';

/** @param request digest of the request, in hexadecimal @returns 64 hexadecimal digits */
export const fingerprintUnder = (key: KeyObject | Buffer, request: string): string =>
  createHmac('sha256', key).update(USE).update(request).digest('hex');
