/** Projections as a process, or a thread, of their own. */
import type { Logger } from 'pino';
import type { Decoded } from '#event-store/codec/index.js';
import { customerOf } from '#kernel';
import { ProjectionRunner, type RunnerNotice } from '#projections/index.js';
import { viewsFor } from '../composition/contexts.js';
import type { Stores } from '../composition/stores.js';

export interface Projector {
  stop(): Promise<void>;
}

export function startProjector(stores: Stores, log: Logger): Projector {
  const runner = new ProjectionRunner({
    store: stores.eventStore,
    codec: stores.codec,
    readStore: stores.readStore,
    views: viewsFor(stores.identities),
    notice: (notice) => report(log, notice),
    follow: (batch) => finishErasures(stores, batch),
  });
  runner.start();
  return { stop: () => runner.stop() };
}

/** An erasure whose process died before it destroyed the key is finished here. */
async function finishErasures({ keyStore }: Stores, batch: readonly Decoded[]): Promise<void> {
  for (const decoded of batch) {
    if (decoded.kind !== 'known' || decoded.event.type !== 'CustomerErased') continue;
    const customer = customerOf(decoded.event.stream);
    if (customer !== null) await keyStore.destroy(customer);
  }
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
