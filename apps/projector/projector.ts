/** Projections as a process, or a thread, of their own. */
import type { Logger } from 'pino';
import { CommandHandling } from '#commands/index.js';
import { ErasureFollower, type ErasureFollowerOptions } from '#customers/erasure-follower.js';
import type { Decoded } from '#event-store/codec/index.js';
import { evolve } from '#kernel';
import { ProjectionRunner, type RunnerNotice } from '#projections/index.js';
import { retentionDefinition } from '#retention/definition.js';
import { RETENTION_DEFINITIONS } from '#retention/events.js';
import { viewsFor } from '../composition/contexts.js';
import type { Stores } from '../composition/stores.js';

export interface Projector {
  stop(): Promise<void>;
}

export async function startProjector(
  stores: Stores,
  log: Logger,
  options: Pick<ErasureFollowerOptions, 'gatherMs'> = {},
): Promise<Projector> {
  const { eventStore: store, codec, readStore, keyStore, identities } = stores;
  const handling = new CommandHandling({ store, codec, customerDeciders: [] });
  let definition = await handling.state(RETENTION_DEFINITIONS, retentionDefinition);

  /** Figures of another definition are other views. A batch may be told again, and an old one late. */
  const followDefinition = async (batch: readonly Decoded[]): Promise<void> => {
    const before = definition.version;
    for (const decoded of batch) {
      if (decoded.kind !== 'known' || decoded.event.stream !== RETENTION_DEFINITIONS) continue;
      if (decoded.event.revision === BigInt(definition.version))
        definition = evolve(retentionDefinition, definition, decoded.event);
    }
    if (definition.version > before) runner.use(viewsFor(identities, definition));
  };

  const runner = new ProjectionRunner({
    store,
    codec,
    readStore,
    views: viewsFor(identities, definition),
    notice: (notice) => report(log, notice),
    follow: followDefinition,
  });
  const erasures = new ErasureFollower({
    store,
    readStore,
    keyStore,
    failed: (error) => log.error({ err: error }, 'finishing erasures failed; trying again'),
    ...options,
  });
  runner.start();
  erasures.start();
  return {
    stop: async () => {
      await erasures.stop();
      await runner.stop();
    },
  };
}

function report(log: Logger, notice: RunnerNotice): void {
  switch (notice.kind) {
    case 'activated':
      return log.info({ collection: notice.collection, delivered: notice.delivered }, 'a view took over');
    case 'rebuilding':
      return log.info({ collection: notice.collection }, 'a view is being rebuilt');
    case 'parked':
      return log.error({ collection: notice.collection, events: notice.events }, 'events are parked');
    case 'failed':
      return log.error({ err: notice.error }, 'projecting failed; trying again');
    default:
      notice satisfies never;
  }
}
