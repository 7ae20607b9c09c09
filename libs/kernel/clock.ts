/** Time and identity are passed in, so that the middle stays pure and a test can hold them still. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';
import { instant, type Instant } from './ids.js';

export interface Clock {
  now(): Instant;
}

export interface Ids {
  /** A fresh UUIDv7: time-ordered, so that indexes on it grow at one end. */
  next(): string;
}

export const systemClock: Clock = { now: () => instant(Date.now()) };
export const systemIds: Ids = { next: () => v7({ random: sixteenBytes() }) };

/** Random bytes are drawn many at a time: asking for 16 costs six times as much as all the rest of an id. */
const pool = Buffer.alloc(4096);
let used = pool.length;

function sixteenBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += 16));
}
