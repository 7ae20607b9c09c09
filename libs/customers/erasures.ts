/**
 * The erasures of the log, carried out on the keys. The key store keeps how far that has come: keys from an older backup
 * say by themselves that they are older, and what was erased since is erased again before anything is read with them.
 */
import { readMark, stands, writeMark, markOf, type Mark } from '#event-store/mark.js';
import type { EventStore, Position } from '#event-store/port.js';
import { customerOf, isCustomerId, type CustomerId } from '#kernel';
import type { KeyStore } from '#key-store/port.js';
import type { CustomerEvent } from './events.js';

const ERASED: CustomerEvent['type'] = 'CustomerErased';
export const OF_ERASURES = { types: [ERASED] } as const;

/** Keys that are looked at together. */
const PAGE = 500;

/** Up to where the erasures of this log are carried out; null where nobody can say, or where it was another log. */
export async function erasuresDone(store: EventStore, keys: KeyStore): Promise<Mark | null> {
  const text = await keys.erasures();
  const mark = text === null ? null : readMark(text);
  return mark !== null && (await stands(store, mark)) ? mark : null;
}

/** Whoever is erased in a log behind a position, and why; from its stored bytes. */
export async function erasedIn(
  log: Pick<EventStore, 'readAll'>,
  after: Position | null = null,
): Promise<Map<CustomerId, string>> {
  const erased = new Map<CustomerId, string>();
  for await (const { stream, data } of log.readAll({
    ...(after !== null && { after }),
    filter: OF_ERASURES,
  })) {
    const customer = customerOf(stream);
    if (customer !== null && isCustomerId(customer))
      erased.set(customer, (JSON.parse(data) as { readonly reason: string }).reason);
  }
  return erased;
}

/** Carries out what is left of them, and says up to where. To be done before anything is read with the keys. */
export async function redoErasures(store: EventStore, keys: KeyStore): Promise<void> {
  const head = await store.head();
  if (head === null) return;
  const done = await erasuresDone(store, keys);
  if (done?.position === head) return;
  await destroyKeys(store, keys, done?.position ?? null, head);
  await recordErasures(store, keys, head);
}

/** Destroys the keys of whoever was erased behind a position, up to another. */
export async function destroyKeys(
  store: EventStore,
  keys: KeyStore,
  after: Position | null,
  to: Position,
): Promise<void> {
  let erased = new Set<string>();
  const destroy = async (): Promise<void> => {
    for (const [customer, key] of await keys.get(erased))
      if (key !== 'destroyed') await keys.destroy(customer);
    erased = new Set();
  };
  for await (const { stream } of store.readAll({
    ...(after === null ? {} : { after }),
    to,
    filter: OF_ERASURES,
  })) {
    const customer = customerOf(stream);
    if (customer !== null) erased.add(customer);
    if (erased.size >= PAGE) await destroy();
  }
  await destroy();
}

/** Up to here they are carried out. */
export async function recordErasures(store: EventStore, keys: KeyStore, position: Position): Promise<void> {
  for await (const event of store.readAll({ after: position - 1n, to: position, limit: 1 }))
    await keys.recordErasures(writeMark(markOf(event)));
}
