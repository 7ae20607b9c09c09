/** How a rebuild is asked for: by whoever likes, in whatever process. */
import type { ReadStore } from '#read-store/port.js';
import { aboutView } from './about.js';
import { NO_PROGRESS, writeProgress } from './progress.js';
import { collectionOf, parseCollection, type AnyView } from './view.js';

/**
 * Begins a collection in which a view is built anew, beside the live one. Whoever moves views takes it up within
 * a second.
 */
export async function beginRebuild(
  readStore: ReadStore,
  view: AnyView,
  partitions: number,
  because = 'A rebuild was asked for.',
): Promise<string> {
  const generations = (await readStore.collections())
    .map(parseCollection)
    .filter((parsed) => parsed.name === view.name && parsed.version === view.version)
    .map((parsed) => parsed.generation);
  const collection = collectionOf(view, Math.max(0, ...generations) + 1);
  await beginCollection(readStore, view, collection, partitions, because);
  return collection;
}

/** Makes the collection, where it is not there. */
export const beginCollection = (
  readStore: ReadStore,
  view: AnyView,
  collection: string,
  partitions: number,
  because: string | null,
): Promise<void> =>
  readStore.begin(collection, writeProgress(NO_PROGRESS), partitions, aboutView(view, because));
