/** Small histories for the tests of the reference, written by hand. */
import type { Definition } from './facts.js';
import type { DataOf, RecordedEvent } from './events.js';
import { worldAsOf, type World } from './world.js';

/** That of the product before any is published. */
export const DEFINITION: Definition = {
  version: 0,
  zone: 'UTC',
  inactivityDays: 180,
  atRiskDays: 90,
  currency: 'GBP',
};

export const gbp = (minor: number) => ({ minor, currency: 'GBP' });

type Told = Omit<RecordedEvent, 'position' | 'revision'>;

/** An event of a customer: on a day at noon in UTC, or at an instant. */
export function told<T extends keyof DataOf>(customer: string, at: string, type: T, data: DataOf[T]): Told {
  const occurredAt = at.length === 10 ? `${at}T12:00:00.000Z` : at;
  return { type, data, stream: `customer-${customer}`, occurredAt, recordedAt: occurredAt };
}

export const bought = (customer: string, at: string, id = `${customer} ${at}`, minor = 1000): Told =>
  told(customer, at, 'PurchaseRecorded', { touchpointId: id, amount: gbp(minor) });

/** In the order in which they are told, as they would be recorded. */
export const recorded = (events: readonly Told[]): RecordedEvent[] =>
  events.map((event, place) => ({ ...event, position: BigInt(place), revision: BigInt(place) }));

export const world = (events: readonly Told[], asOf: string, definition: Partial<Definition> = {}): World =>
  worldAsOf(recorded(events), { ...DEFINITION, ...definition }, asOf);
