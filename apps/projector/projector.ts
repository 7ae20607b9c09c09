/**
 * Projections as a process, or a thread, of their own: as many as there are share the partitions, and the duties of
 * which one is enough.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { ErasureFollower, type ErasureFollowerOptions } from '#customers/erasure-follower.js';
import { Duties, Shares } from '#leases/index.js';
import { partitionLease, ProjectionRunner, type RunnerNotice } from '#projections/index.js';
import type { Lease } from '#read-store/index.js';
import type { Stores } from '../composition/stores.js';
import { Definitions } from './definitions.js';

export interface Projector {
  /** What this process does of what all of them do, and whether that can be relied on. */
  status(): { readonly ok: boolean; readonly duties: readonly string[] };
  stop(): Promise<void>;
}

export interface ProjectorOptions extends Pick<ErasureFollowerOptions, 'gatherMs'> {
  /** For how long what this process does stays undone by others after it froze or died, in milliseconds. */
  readonly leaseMs: number;
}

export async function startProjector(
  stores: Stores,
  log: Logger,
  { leaseMs, ...options }: ProjectorOptions,
): Promise<Projector> {
  const { eventStore: store, codec, readStore, keyStore, partitions } = stores;
  const failed =
    (what: string) =>
    (error: unknown): void =>
      log.error({ err: error }, `${what} failed; trying again`);

  const definitions = new Definitions({
    stores,
    published: () => runner.use(definitions.views()),
    failed: failed('following the definitions'),
  });
  const runner = new ProjectionRunner({
    store,
    codec,
    readStore,
    partitions,
    views: definitions.views(),
    older: (collection) => definitions.viewOf(collection),
    notice: (notice) => report(log, notice),
  });
  const duties = new Duties({
    erasures: new ErasureFollower({
      store,
      readStore,
      keyStore,
      failed: failed('finishing erasures'),
      ...options,
    }),
  });

  const leaseOf = new Map(Array.from({ length: partitions }, (_, one) => [partitionLease(one), one]));
  const shares = new Shares({
    store: readStore,
    duties: [...leaseOf.keys(), ...duties.names],
    holder: randomUUID(),
    ttlMs: leaseMs,
    changed: async (held) => {
      const ours = new Map<number, Lease>();
      for (const [name, lease] of held) {
        const partition = leaseOf.get(name);
        if (partition !== undefined) ours.set(partition, lease);
      }
      await Promise.all([runner.hold(ours), duties.hold(held.keys())]);
    },
    failed: failed('holding leases'),
  });

  await definitions.open();
  runner.start();
  shares.start();
  return {
    status: () => ({ ok: shares.alive, duties: shares.duties }),
    stop: async () => {
      await shares.stop();
      await runner.stop();
      await definitions.close();
    },
  };
}

function report(log: Logger, notice: RunnerNotice): void {
  switch (notice.kind) {
    case 'activated':
      return log.info({ collection: notice.collection, delivered: notice.delivered }, 'a view took over');
    case 'parked':
      return log.error({ collection: notice.collection, events: notice.events }, 'events are parked');
    case 'gone':
      return log.info({ collection: notice.collection }, 'a collection is gone; opening what there is');
    case 'lost':
      return log.warn({ lease: notice.lease }, 'another process has taken over');
    case 'failed':
      return log.error({ err: notice.error }, 'projecting failed; trying again');
    default:
      notice satisfies never;
  }
}
