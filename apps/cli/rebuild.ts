/**
 * Builds views anew beside those that are live, from the first event on, and lets them take over. It shares the work
 * with whoever else moves views on the same stores, and does all of it where nobody does.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { CommandHandling } from '#commands/index.js';
import { createLogger } from '#http/logger.js';
import { beginRebuild, progressOf, ViewReader, type AnyView } from '#projections/index.js';
import { retentionDefinition } from '#retention/definition.js';
import { RETENTION_DEFINITIONS } from '#retention/events.js';
import type { Config } from '../composition/config.js';
import { viewsFor } from '../composition/contexts.js';
import { openStores, type Stores } from '../composition/stores.js';
import { startProjector } from '../projector/projector.js';
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

const LOOK_MS = 100;
const STALLED_MS = 60_000;
const STALLED =
  'The rebuild has not moved for a minute: look at the logs of whoever moves views. What was live is still.';

/** @param name of one view; all of them without it */
export async function rebuildViews(
  config: Config,
  name: string | undefined,
  bar: Progress,
): Promise<Rebuilt[]> {
  const stores = await openStores(config);
  try {
    return await rebuild(stores, config, await asked(stores, name), bar);
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

async function rebuild(
  stores: Stores,
  config: Config,
  views: readonly AnyView[],
  bar: Progress,
): Promise<Rebuilt[]> {
  const { eventStore: store, readStore, partitions } = stores;
  const collections = new Map<string, string>();
  for (const view of views) collections.set(view.name, await beginRebuild(readStore, view, partitions));
  const total = await store.count();
  const log = createLogger({ level: config.logLevel, destination: process.stderr });
  const projector = await startProjector(stores, log, config);
  const stalled = stallAfter(STALLED_MS);
  try {
    for (;;) {
      const waiting: string[] = [];
      for (const [name, collection] of collections)
        if ((await readStore.active(name)) !== collection) waiting.push(collection);
      if (waiting.length === 0) break;
      const made = await progressOf(readStore, waiting[0]!); // there is one
      const delivered = made?.progress.delivered ?? 0;
      if (stalled(`${delivered} ${waiting.length}`)) throw new Failure(STALLED);
      bar.at(delivered, total === 0 ? 1 : delivered / total, `${waiting.length} views to go`);
      await delay(LOOK_MS);
    }
  } finally {
    await projector.stop();
  }
  bar.at(total, 1);
  return Promise.all(views.map(({ name }) => outcome(stores, name)));
}

/** Says whether what it is told has stayed the same for so long. */
function stallAfter(ms: number): (state: string) => boolean {
  let last = '';
  let since = performance.now();
  return (state) => {
    if (state !== last) [last, since] = [state, performance.now()];
    return performance.now() - since > ms;
  };
}

/** Both sides counted afresh, from the stores. */
async function outcome({ eventStore, readStore }: Stores, view: string): Promise<Rebuilt> {
  const { collection, checkpoint, progress: made } = await new ViewReader(readStore).status({ name: view });
  const stored = checkpoint === null ? 0 : await eventStore.count({ to: checkpoint });
  return { view, collection: collection ?? '', delivered: made.delivered, stored, parked: made.parked };
}
