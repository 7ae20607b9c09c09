/** One look at how far all views are, shared by whoever asks while it is under way: the gauges of a scrape, the checks of a request. */
import type { AnyView, ViewLag, ViewReader } from '#projections/index.js';
import type { Stores } from './stores.js';

/** By name of the view. */
export type Look = () => Promise<ReadonlyMap<string, ViewLag>>;

export function lookAt(
  { eventStore }: Pick<Stores, 'eventStore'>,
  views: ViewReader,
  all: readonly AnyView[],
): Look {
  let looking: ReturnType<Look> | null = null;
  return () => (looking ??= views.lags(all, eventStore).finally(() => (looking = null)));
}
