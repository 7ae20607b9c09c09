/** How far each view is behind the log, and what it could not fold, for Prometheus; looked up when it is asked for. */
import { Gauge, type Registry } from 'prom-client';
import type { AnyView, ViewLag, ViewReader } from '#projections/index.js';
import type { Stores } from './stores.js';

export function measureStores(
  registry: Registry,
  { eventStore: store }: Stores,
  views: ViewReader,
  all: readonly AnyView[],
): void {
  // The gauges of one scrape share one look.
  let looking: Promise<ReadonlyMap<string, ViewLag>> | null = null;
  const look = (): Promise<ReadonlyMap<string, ViewLag>> =>
    (looking ??= views.lags(all, store).finally(() => (looking = null)));
  const ofEachView = (name: string, help: string, figure: (lag: ViewLag) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['view'] as const,
      registers: [registry],
      async collect() {
        for (const [view, lag] of await look()) this.set({ view }, figure(lag));
      },
    });
  };
  ofEachView('touchstone_view_lag_events', 'Events a view has not seen', ({ lag }) => lag.events);
  ofEachView(
    'touchstone_view_lag_seconds',
    'Age of the oldest event a view has not seen',
    ({ lag }) => lag.seconds,
  );
  ofEachView('touchstone_view_parked_events', 'Events a view could not fold', ({ parked }) => parked);
  new Gauge({
    name: 'touchstone_log_head',
    help: 'Position of the newest event',
    registers: [registry],
    async collect() {
      this.set(Number((await store.head()) ?? 0n));
    },
  });
}
