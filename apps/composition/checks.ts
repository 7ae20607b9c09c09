/** What must hold before a process is sent requests: its stores answer, and every view is there and near its end. */
import type { HealthCheck } from '#http/index.js';
import type { AnyView, ViewReader } from '#projections/index.js';
import { lookAt, unreadIn } from './look.js';
import type { Stores } from './stores.js';

/** Its answer, unless the store knows why it cannot do all of its work though it answers. */
const checkOf = (
  name: string,
  store: { trouble?(): Promise<string | null> },
  answer: () => Promise<object>,
): HealthCheck => ({
  name,
  check: async () => {
    const [answered] = await Promise.allSettled([answer()]);
    const reason = (await store.trouble?.()) ?? null;
    if (answered.status === 'rejected' && reason === null) throw answered.reason;
    const detail = answered.status === 'fulfilled' ? answered.value : {};
    return reason === null ? { ok: true, detail } : { ok: false, detail: { ...detail, reason } };
  },
});

export const storeChecks = ({ eventStore, keyStore, readStore, subscriptions }: Stores): HealthCheck[] => [
  checkOf('event-store', eventStore, async () => ({ head: String(await eventStore.head()) })),
  checkOf('read-store', readStore, async () => ({ collections: (await readStore.collections()).length })),
  checkOf('key-store', keyStore, async () => ({ fingerprint: await keyStore.fingerprint() })),
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
