/** Positions and revisions as they come in a request: text, for they may pass 2^53. */
import { invalidRequest } from '#http/index.js';

const WHOLE = /^(0|[1-9]\d{0,18})$/;

/** @throws Problem 400 with a violation on `field` */
export function positionIn(field: string, text: string): bigint {
  if (WHOLE.test(text)) return BigInt(text);
  throw invalidRequest([{ field, code: 'not_a_position', message: 'Send a position, for example 1042.' }]);
}
