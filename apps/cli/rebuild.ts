/**
 * Builds views anew beside those that are live, from the first event on, and lets them take over. A server may go on
 * on the same folder: it moves the live views until then.
 */
import { CommandHandling } from '#commands/index.js';
import {
  ProjectionRunner,
  ViewReader,
  type AnyView,
  type Progress as Delivered,
} from '#projections/index.js';
import { retentionDefinition } from '#retention/definition.js';
import { RETENTION_DEFINITIONS } from '#retention/events.js';
import type { Config } from '../composition/config.js';
import { viewsFor } from '../composition/contexts.js';
import { openStores, type Stores } from '../composition/stores.js';
import { Failure, USAGE } from './exit.js';
import type { Progress } from './progress.js';

export interface Rebuilt {
  readonly view: string;
  readonly collection: string;
  /** Events of the log that were delivered to it, and events that the log has. */
  readonly delivered: number;
  readonly stored: number;
  /** Events that could not be folded and wait. */
  readonly parked: number;
}

const FAILURES = 5;

/** @param name of one view; all of them without it */
export async function rebuildViews(
  config: Config,
  name: string | undefined,
  bar: Progress,
): Promise<Rebuilt[]> {
  const stores = await openStores(config);
  try {
    return await rebuild(stores, await asked(stores, name), bar);
  } finally {
    await stores.close();
  }
}

/** The views of this build, by the definition of retention that holds. */
async function asked(stores: Stores, name: string | undefined): Promise<readonly AnyView[]> {
  const handling = new CommandHandling({
    store: stores.eventStore,
    codec: stores.codec,
    customerDeciders: [],
  });
  const definition = await handling.state(RETENTION_DEFINITIONS, retentionDefinition);
  const views = viewsFor(stores.identities, definition);
  const found = name === undefined ? views : views.filter((view) => view.name === name);
  if (found.length > 0) return found;
  throw new Failure(
    `There is no view ${name}. There are: ${views.map((view) => view.name).join(', ')}.`,
    USAGE,
  );
}

async function rebuild(stores: Stores, views: readonly AnyView[], bar: Progress): Promise<Rebuilt[]> {
  const { eventStore: store, readStore, codec } = stores;
  const waiting = new Map<string, string>();
  let failures = 0;
  let failed: (error: unknown) => void = () => undefined;
  let complete: () => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => ([complete, failed] = [resolve, reject]));
  const runner = new ProjectionRunner({
    store,
    codec,
    readStore,
    views,
    beside: true,
    notice(notice) {
      if (notice.kind === 'failed' && ++failures === FAILURES) failed(notice.error);
      if (notice.kind !== 'activated') return;
      waiting.delete(notice.collection);
      if (waiting.size === 0) complete();
    },
  });
  const collections = new Map<string, string>();
  for (const { name } of views) collections.set(name, await runner.rebuild(name));
  for (const [name, collection] of collections) waiting.set(collection, name);
  const total = await store.count();
  const watch = setInterval(() => void watchOn(), 100);
  const watchOn = async (): Promise<void> => {
    const state = await readStore.state([...collections.values()][0] ?? '');
    const delivered = state === undefined ? 0 : (JSON.parse(state.progress) as Delivered).delivered;
    bar.at(delivered, total === 0 ? 1 : delivered / total, `${waiting.size} views to go`);
  };
  try {
    runner.start();
    await done;
  } finally {
    clearInterval(watch);
    await runner.stop();
  }
  bar.at(total, 1);
  return Promise.all(views.map(({ name }) => outcome(stores, name)));
}

/** Both sides counted afresh, from the stores. */
async function outcome({ eventStore, readStore }: Stores, view: string): Promise<Rebuilt> {
  const { collection, checkpoint, progress: made } = await new ViewReader(readStore).status({ name: view });
  const stored = checkpoint === null ? 0 : await eventStore.count({ to: checkpoint });
  return { view, collection: collection ?? '', delivered: made.delivered, stored, parked: made.parked };
}
