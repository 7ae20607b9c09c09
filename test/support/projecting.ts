/** A runner that holds all partitions of the embedded stores, for a test whose subject is something else. */
import { ProjectionRunner, type AnyView } from '#projections/index.js';
import { allPartitions, releaseAll } from './leases.js';
import type { TestStores } from './stores.js';

const PARTITIONS = 1;

export interface Projecting {
  readonly runner: ProjectionRunner;
  /** Ends it, so that another may begin where it stopped. */
  stop(): Promise<void>;
}

export async function project(
  { eventStore: store, codec, readStore }: TestStores,
  views: readonly AnyView[],
): Promise<Projecting> {
  const held = await allPartitions(readStore, PARTITIONS);
  const runner = new ProjectionRunner({ store, codec, readStore, views, partitions: PARTITIONS });
  runner.start();
  await runner.hold(held);
  return {
    runner,
    stop: async () => {
      await runner.stop();
      await releaseAll(readStore, held);
    },
  };
}
