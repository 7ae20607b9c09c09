/** How far each view is behind the log, and what it could not fold, for Prometheus; looked up when it is asked for. */
import { Gauge, type Registry } from 'prom-client';
import type { EventStore } from '#event-store/index.js';
import type { AnyView, ViewReader } from '#projections/index.js';

export function measureViews(
  registry: Registry,
  store: EventStore,
  views: ViewReader,
  all: readonly AnyView[],
): void {
  const labelled = { labelNames: ['view'] as const, registers: [registry] };
  const seconds = new Gauge({
    name: 'touchstone_view_lag_seconds',
    help: 'Age of the oldest event a view has not seen',
    ...labelled,
  });
  const parked = new Gauge({
    name: 'touchstone_view_parked_events',
    help: 'Events a view could not fold',
    ...labelled,
  });
  new Gauge({
    name: 'touchstone_view_lag_events',
    help: 'Events a view has not seen',
    ...labelled,
    async collect() {
      for (const { name } of all) {
        const { lag, parked: waiting } = await views.lag({ name }, store);
        this.set({ view: name }, lag.events);
        seconds.set({ view: name }, lag.seconds);
        parked.set({ view: name }, waiting);
      }
    },
  });
  new Gauge({
    name: 'touchstone_log_head',
    help: 'Position of the newest event',
    registers: [registry],
    async collect() {
      this.set(Number((await store.head()) ?? 0n));
    },
  });
}
