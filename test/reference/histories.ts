/**
 * Random histories: a few customers over sixteen months, with all that makes figures hard. A history is drawn as a list of facts,
 * so that it shrinks to fewer ones; the facts then become events, in the order in which they are recorded.
 */
import fc from 'fast-check';
import type { RecordedEvent } from './events.js';
import { factOf, type Fact } from './history-facts.js';
import { recorded } from './history-events.js';

export const ZONES = [
  'Europe/London',
  'America/Santiago', // skips midnight in September
  'Asia/Kathmandu', // a quarter of an hour off
  'Pacific/Apia',
  'America/St_Johns',
] as const;

export interface History {
  readonly zone: (typeof ZONES)[number];
  readonly facts: readonly Fact[];
}

export const histories = (): fc.Arbitrary<History> =>
  fc.record({ zone: fc.constantFrom(...ZONES), facts: fc.array(factOf(), { maxLength: 60, size: 'max' }) });

/** The events of a history. A fact that has lost what it refers to, by shrinking, is left out. */
export const eventsOf = ({ zone, facts }: History): RecordedEvent[] => recorded(facts, zone);
