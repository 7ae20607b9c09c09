/** Time and identity are passed in, so that the middle stays pure and a test can hold them still. */
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
export const systemIds: Ids = { next: () => v7() };
