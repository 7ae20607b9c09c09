/** The events of a stream once its person is erased. */
import type { Decoded } from './codec.js';

/** The sealed fields are gone, whatever became of the key: an event that lacks only its key is read without it. */
export const afterErasure = (decoded: Decoded): Decoded =>
  decoded.kind === 'unreadable' && decoded.open !== null
    ? { kind: 'known', event: { ...decoded.open, erased: true }, fingerprint: null, sealed: true }
    : decoded;
