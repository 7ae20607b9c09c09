/** How a rebuild is asked for: by whoever likes, in whatever process. */
import type { ReadStore } from '#read-store/port.js';
import { NO_PROGRESS } from './progress.js';
import { collectionOf, parseCollection, type AnyView } from './view.js';

/**
 * Begins a collection in which a view is built anew, beside the live one. Whoever moves views takes it up within
 * a second.
 */
export async function beginRebuild(
  readStore: ReadStore,
  view: Pick<AnyView, 'name' | 'version'>,
  partitions: number,
): Promise<string> {
  const generations = (await readStore.collections())
    .map(parseCollection)
    .filter((parsed) => parsed.name === view.name && parsed.version === view.version)
    .map((parsed) => parsed.generation);
  const collection = collectionOf(view, Math.max(0, ...generations) + 1);
  await readStore.begin(collection, JSON.stringify(NO_PROGRESS), partitions);
  return collection;
}
