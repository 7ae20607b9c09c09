/**
 * Projections as a process, or a thread, of their own: as many as there are share the partitions, and the duties of
 * which one is enough.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { ErasureFollower, type ErasureFollowerOptions } from '#customers/erasure-follower.js';
import { CommandHandling } from '#commands/index.js';
import { DeadlineProcess, type DeadlineNotice, type DeadlineProcessOptions } from '#deadlines/index.js';
import { systemClock, type Clock } from '#kernel';
import { Duties, Shares, type Duty } from '#leases/index.js';
import {
  partitionLease,
  ProjectionRunner,
  ViewReader,
  type LogWatch,
  type RunnerNotice,
} from '#projections/index.js';
import type { Lease } from '#read-store/index.js';
import { deadlinesFor, viewsFor } from '../composition/contexts.js';
import { watchLog } from '../composition/log-watch.js';
import type { Stores } from '../composition/stores.js';
import { Definitions } from './definitions.js';

export interface Projector {
  /** What this process does of what all of them do, and whether that can be relied on. */
  status(): { readonly ok: boolean; readonly duties: readonly string[] };
  /** Knows whether the log is the one that this process began with. */
  readonly watch: LogWatch;
  stop(): Promise<void>;
}

export interface ProjectorOptions
  extends Pick<ErasureFollowerOptions, 'gatherMs'>, Pick<DeadlineProcessOptions, 'pollMs'> {
  /** By which deadlines pass. Default: the system's. */
  readonly clock?: Clock;
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

  const watch = watchLog(stores, {
    reader: new ViewReader(readStore),
    views: viewsFor(stores.identities),
    log,
  });
  const gate = (): Promise<void> => watch.mustStillBeOurs();
  const definitions = new Definitions({
    stores,
    published: () => runner.use(definitions.views()),
    gate,
    failed: failed('following the definitions'),
  });
  const runner = new ProjectionRunner({
    store,
    codec,
    readStore,
    partitions,
    views: definitions.views(),
    older: (collection) => definitions.viewOf(collection),
    gate,
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
    ...deadlineDuties(stores, log, options),
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

  await watch.open();
  await definitions.open();
  runner.start();
  shares.start();
  return {
    status: () => ({ ok: shares.alive, duties: shares.duties }),
    watch,
    stop: async () => {
      await shares.stop();
      await runner.stop();
      await definitions.close();
      await watch.close();
    },
  };
}

/** A duty for each deadline. */
function deadlineDuties(
  { eventStore: store, codec, readStore }: Stores,
  log: Logger,
  { clock = systemClock, ...options }: Pick<ProjectorOptions, 'pollMs' | 'clock'>,
): Readonly<Record<string, Duty>> {
  const notice = (said: DeadlineNotice): void => reportDeadline(log, said);
  const duties = deadlinesFor(new ViewReader(readStore)).map((deadline) => {
    // A stream is written to once in a long time, so that nothing of it is worth remembering.
    const customerDeciders = [deadline.decider];
    const handling = new CommandHandling({ store, codec, customerDeciders, cacheCapacity: 0 });
    const process = new DeadlineProcess({ deadline, handling, clock, notice, ...options });
    return [`deadline-${deadline.name}`, process] as const;
  });
  return Object.fromEntries(duties);
}

function report(log: Logger, notice: RunnerNotice): void {
  switch (notice.kind) {
    case 'activated':
      return log.info({ collection: notice.collection, delivered: notice.delivered }, 'a view took over');
    case 'parked':
      return log.error({ collection: notice.collection, events: notice.events }, 'events are parked');
    case 'anew':
      return log.warn({ collection: notice.collection, because: notice.because }, 'a view is built anew');
    case 'refused':
      return log.warn({ err: notice.error }, 'a commit was refused; looking for the event that makes it so');
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

function reportDeadline(log: Logger, notice: DeadlineNotice): void {
  const { deadline } = notice;
  switch (notice.kind) {
    case 'recorded':
      return log.info({ deadline, commands: notice.commands }, 'what fell due was recorded');
    case 'failed':
      return log.error({ deadline, err: notice.error }, 'seeing to a deadline failed; trying again');
    default:
      notice satisfies never;
  }
}
