/** Words the contract is written in. */
import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EventStore, NewEvent, Position, StoredEvent, SubscriptionMessage } from '../port.js';

/** A name nobody has used: of a stream, a type, or the start of several. */
export const fresh = (kind: string): string => `${kind}-${randomUUID()}`;

export const anEvent = (content: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'Happened',
  data: JSON.stringify({ note: 'as it happened' }),
  metadata: JSON.stringify({ schema: 1 }),
  ...content,
});

export const someEvents = (count: number, content: Partial<NewEvent> = {}): NewEvent[] =>
  Array.from({ length: count }, () => anEvent(content));

/** A JSON object of exactly so many bytes. */
export const jsonOf = (bytes: number): string =>
  JSON.stringify({ x: 'x'.repeat(bytes - JSON.stringify({ x: '' }).length) });

export const ids = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export const streamIds = async (store: EventStore, stream: string): Promise<string[]> =>
  ids(await all(store.readStream(stream)));

/** Takes messages up to and including the first that `isLast`; the iteration ends there. */
export async function until(
  messages: AsyncIterable<SubscriptionMessage>,
  isLast: (message: SubscriptionMessage) => boolean,
): Promise<SubscriptionMessage[]> {
  const taken: SubscriptionMessage[] = [];
  for await (const message of messages) {
    taken.push(message);
    if (isLast(message)) return taken;
  }
  throw new Error('The subscription ended before the message that was waited for.');
}

export const caughtUp = (message: SubscriptionMessage): boolean => message.kind === 'caught-up';

export const delivered =
  (id: string | undefined) =>
  (message: SubscriptionMessage): boolean =>
    message.kind === 'event' && message.event.id === id;

export const eventsOf = (messages: readonly SubscriptionMessage[]): StoredEvent[] =>
  messages.flatMap((message) => (message.kind === 'event' ? [message.event] : []));

/** Positions that do not increase, next to the one before them; none in a sound log. */
export const disorder = (positions: readonly Position[]): Position[] =>
  positions.filter((position, i) => i > 0 && position <= (positions[i - 1] ?? -1n));

/** Lets everybody else run. */
export const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use after garbage collection, in the heap and beside it. */
export function usedMemory(): number {
  collectGarbage();
  collectGarbage(); // buffers that the first has found are counted until the second
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
