/** Logs to measure on: customers with a plausible mix of touchpoints, interleaved as they would come in. */
import { join } from 'node:path';
import { EMPTY_STREAM, type StreamHead } from '#event-store/codec/index.js';
import { instant, systemIds, type CommandContext, type DomainEvent, type Instant } from '#kernel';
import { openStores } from '../../apps/composition/stores.js';

const WORDS =
  'asked where the parcel is and was told that it will be there before the end of the week '.repeat(3);
const START = Date.parse('2024-01-01T00:00:00Z');
const IN_FLIGHT = 512;

/** Customer ids of such a log. */
export const customerAt = (index: number): string => `bench${String(index).padStart(8, '0')}`;

/** Writes `events` events on `customers` customers into a folder of embedded stores. */
export async function writeHistory(folder: string, events: number, customers: number): Promise<void> {
  const stores = await openStores({ dataFolder: folder });
  const heads: StreamHead[] = Array.from({ length: customers }, () => EMPTY_STREAM);
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < events) {
      const index = next++;
      const who = index % customers;
      const at = instant(START + index * 1_000);
      const stream = `customer-${customerAt(who)}`;
      const encoded = await stores.codec.encode(
        stream,
        heads[who]!,
        [eventAt(index, index < customers)],
        commandAt(at),
      );
      const expected = heads[who]!.revision < 0n ? 'no_stream' : heads[who]!.revision;
      heads[who] = encoded.head;
      await stores.eventStore.append(stream, encoded.events, expected);
    }
  };
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, customers) }, writer));
  await stores.close();
}

function commandAt(now: Instant): CommandContext {
  const id = systemIds.next();
  return {
    commandId: id,
    request: null,
    correlationId: id,
    causationId: id,
    actor: { id: 'bench', role: 'back-office' },
    now,
  };
}

function eventAt(index: number, first: boolean): DomainEvent {
  const touchpointId = systemIds.next();
  if (first)
    return {
      type: 'CustomerRegistered',
      data: { kind: 'person', relationship: 'prospect', name: `Customer ${index}` },
    };
  switch (index % 10) {
    case 0:
    case 1:
      return {
        type: 'PurchaseRecorded',
        data: { touchpointId, amount: { minor: 1_000 + (index % 900), currency: 'GBP' } },
      };
    case 2:
      return { type: 'NoteAdded', data: { touchpointId, text: WORDS.slice(0, 120), mood: 'happy' } };
    case 3:
      return {
        type: 'FeedbackReceived',
        data: { touchpointId, channel: 'email', survey: 'nps', score: index % 11, polarity: 'neutral' },
      };
    case 4:
      return { type: 'MarketSegmentAssigned', data: { segment: ['basic', 'plus', 'premium'][index % 3]! } };
    default:
      return {
        type: 'InteractionRecorded',
        data: {
          touchpointId,
          channel: 'phone',
          direction: 'inbound',
          subject: 'Delivery',
          text: WORDS.slice(0, 200),
          outcome: 'resolved',
        },
      };
  }
}

export const eventsFile = (folder: string): string => join(folder, 'events.sqlite');

const CHUNK = 250;

/** Writes one customer who bought so many times, with three lines each of fifty products, over five years up to now. */
export async function writeBuyer(folder: string, customer: string, purchases: number): Promise<void> {
  const stores = await openStores({ dataFolder: folder });
  const stream = `customer-${customer}`;
  const registered = { type: 'CustomerRegistered', data: { kind: 'person', relationship: 'customer' } };
  const bought = Array.from({ length: purchases }, (_, n) => purchaseOf(n));
  const events: DomainEvent[] = [registered, ...bought];
  const now = Date.now();
  let head: StreamHead = EMPTY_STREAM;
  for (let from = 0; from < events.length; from += CHUNK) {
    const context = commandAt(instant(now - FIVE_YEARS + (from / events.length) * FIVE_YEARS));
    const encoded = await stores.codec.encode(stream, head, events.slice(from, from + CHUNK), context);
    const expected = head.revision < 0n ? 'no_stream' : head.revision;
    head = encoded.head;
    await stores.eventStore.append(stream, encoded.events, expected);
  }
  await stores.close();
}

const FIVE_YEARS = 5 * 365 * 86_400_000;

/** The n-th purchase of such a customer. */
export function purchaseOf(n: number): DomainEvent {
  const price = { minor: 1_000, currency: 'GBP' };
  const lines = [0, 1, 2].map((line) => ({
    product: `product-${(n * 3 + line * 7) % 50}`,
    quantity: 1,
    amount: price,
  }));
  const data = { touchpointId: systemIds.next(), amount: { minor: 3_000, currency: 'GBP' }, lines };
  return { type: 'PurchaseRecorded', data };
}
