/** Leases for a test that moves views itself. */
import { randomUUID } from 'node:crypto';
import { partitionLease } from '#projections/index.js';
import type { Lease, ReadStore } from '#read-store/index.js';

const LONG_MS = 600_000;

/** All partitions, for one who is alone. @throws Error when another holds any of them */
export const allPartitions = (store: ReadStore, partitions: number): Promise<ReadonlyMap<number, Lease>> =>
  holdPartitions(
    store,
    Array.from({ length: partitions }, (_, one) => one),
  );

export async function holdPartitions(
  store: ReadStore,
  wanted: readonly number[],
  ttlMs = LONG_MS,
): Promise<ReadonlyMap<number, Lease>> {
  const holder = randomUUID();
  const held = new Map<number, Lease>();
  for (const partition of wanted) {
    const lease = await store.lease(`duty/${partitionLease(partition)}`, holder, ttlMs);
    if (lease === null) throw new Error(`Another holds partition ${partition}`);
    held.set(partition, lease);
  }
  return held;
}

export async function releaseAll(store: ReadStore, held: ReadonlyMap<number, Lease>): Promise<void> {
  for (const lease of held.values()) await store.release(lease);
}
