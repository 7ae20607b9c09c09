/** What must hold before a process is sent requests: its stores answer, and every view is there and near its end. */
import type { HealthCheck } from '#http/index.js';
import type { AnyView, ViewLag, ViewReader } from '#projections/index.js';
import type { Stores } from './stores.js';

export const storeChecks = ({ eventStore, keyStore, readStore, subscriptions }: Stores): HealthCheck[] => [
  {
    name: 'event-store',
    check: async () => ({ ok: true, detail: { head: String(await eventStore.head()) } }),
  },
  {
    name: 'read-store',
    check: async () => ({ ok: true, detail: { collections: (await readStore.collections()).length } }),
  },
  {
    name: 'key-store',
    check: async () => ({ ok: true, detail: { fingerprint: await keyStore.fingerprint() } }),
  },
  {
    name: 'subscriptions',
    check: async () => {
      const broken = subscriptions().filter(({ kind }) => kind === 'broken');
      // Why is in the log: anybody may ask here.
      const detail = broken.map(({ name, sinceMs, restarts }) => ({
        name,
        since: new Date(sinceMs).toISOString(),
        restarts,
      }));
      return { ok: broken.length === 0, detail: { running: subscriptions().length, broken: detail } };
    },
  },
];

export const viewChecks = (
  { eventStore }: Stores,
  views: ViewReader,
  all: readonly AnyView[],
  readyLagSeconds: number,
): HealthCheck[] => {
  // The checks of one request share one look.
  let looking: Promise<ReadonlyMap<string, ViewLag>> | null = null;
  const lagOf = async ({ name }: AnyView): Promise<ViewLag> => {
    const lags = await (looking ??= views.lags(all, eventStore).finally(() => (looking = null)));
    return lags.get(name)!; // it was asked for
  };
  return all.map((view) => ({
    name: `view:${view.name}`,
    check: async () => {
      const { collection, lag, parked } = await lagOf(view);
      const ok = collection !== null && lag.seconds <= readyLagSeconds && parked === 0;
      return { ok, detail: { collection, lag, parked } };
    },
  }));
};
