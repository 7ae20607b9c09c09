/** What must hold before this process is sent requests: the log answers, and every view is there and near its end. */
import type { EventStore } from '#event-store/index.js';
import type { AnyView, ViewReader } from '#projections/index.js';

interface Check {
  readonly name: string;
  check(): Promise<{ readonly ok: boolean; readonly detail: object }>;
}

export function checksOf(
  store: EventStore,
  views: ViewReader,
  all: readonly AnyView[],
  readyLagSeconds: number,
): Check[] {
  return [
    { name: 'event-store', check: async () => ({ ok: true, detail: { head: String(await store.head()) } }) },
    ...all.map((view) => ({
      name: `view:${view.name}`,
      check: async () => {
        const { collection, lag, parked } = await views.lag(view, store);
        const ok = collection !== null && lag.seconds <= readyLagSeconds && parked === 0;
        return { ok, detail: { collection, lag, parked } };
      },
    })),
  ];
}
