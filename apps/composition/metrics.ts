/** How far each view is behind the log, what it could not fold, and how the log is followed, for Prometheus. */
import { Gauge, type Registry } from 'prom-client';
import type { AnyView, ViewLag, ViewReader } from '#projections/index.js';
import { lookAt, unreadIn } from './look.js';
import type { Stores } from './stores.js';

export function measureStores(
  registry: Registry,
  { eventStore: store, subscriptions }: Stores,
  views: ViewReader,
  all: readonly AnyView[],
): void {
  const look = lookAt({ eventStore: store }, views, all);
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
    name: 'touchstone_unread_events',
    help: 'Events that this build cannot read, by type',
    labelNames: ['type'] as const,
    registers: [registry],
    async collect() {
      this.reset();
      for (const { type, events } of unreadIn(await look())) this.set({ type }, events);
    },
  });
  new Gauge({
    name: 'touchstone_subscriptions',
    help: 'Subscriptions to a server, by how they are doing',
    labelNames: ['state'] as const,
    registers: [registry],
    collect() {
      for (const state of ['live', 'catching up', 'broken'] as const)
        this.set({ state }, subscriptions().filter(({ kind }) => kind === state).length);
    },
  });
  new Gauge({
    name: 'touchstone_subscription_restarts',
    help: 'How many times the subscriptions that run were started again',
    registers: [registry],
    collect() {
      this.set(subscriptions().reduce((total, { restarts }) => total + restarts, 0));
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
