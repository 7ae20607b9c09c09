/** What must hold before a process is sent requests: its stores answer, and every view is there and near its end. */
import type { HealthCheck } from '#http/index.js';
import type { AnyView, ViewReader } from '#projections/index.js';
import { lookAt, unreadIn } from './look.js';
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
  stores: Stores,
  views: ViewReader,
  all: readonly AnyView[],
  readyLagSeconds: number,
): HealthCheck[] => {
  const look = lookAt(stores, views, all);
  return [
    {
      name: 'events',
      check: async () => {
        const unread = unreadIn(await look());
        return { ok: unread.length === 0, detail: { unread } };
      },
    },
    ...all.map((view) => ({
      name: `view:${view.name}`,
      check: async () => {
        const { collection, lag, parked, because } = (await look()).get(view.name)!; // it was asked for
        const ok = collection !== null && lag.seconds <= readyLagSeconds && parked === 0;
        return { ok, detail: { collection, lag, parked, ...(because !== null && { because }) } };
      },
    })),
  ];
};
