/** One look at how far all views are, shared by whoever asks while it is under way: the gauges of a scrape, the checks of a request. */
import type { AnyView, UnreadType, ViewLag, ViewReader } from '#projections/index.js';
import type { Stores } from './stores.js';

/** By name of the view. */
export type Look = () => Promise<ReadonlyMap<string, ViewLag>>;

/** Events that nobody here can read, by type: as the view has it that has seen most of them. */
export function unreadIn(
  look: ReadonlyMap<string, ViewLag>,
): { readonly type: string; readonly events: number; readonly first: string; readonly reason: string }[] {
  const most = new Map<string, UnreadType>();
  for (const { unread } of look.values())
    for (const [type, seen] of Object.entries(unread))
      if (seen.events > (most.get(type)?.events ?? 0)) most.set(type, seen);
  return [...most].map(([type, seen]) => ({ type, ...seen }));
}

export function lookAt(
  { eventStore }: Pick<Stores, 'eventStore'>,
  views: ViewReader,
  all: readonly AnyView[],
): Look {
  let looking: ReturnType<Look> | null = null;
  return () => (looking ??= views.lags(all, eventStore).finally(() => (looking = null)));
}
