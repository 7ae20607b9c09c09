/** What whoever watches a projector asks of it over HTTP: health, readiness and metrics, and nothing else. */
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { Gauge, Registry } from 'prom-client';
import { LogKeyRing } from '#access/key-ring.js';
import { createHttpApp } from '#http/index.js';
import { systemClock, systemIds } from '#kernel';
import { PositionWatch, ViewReader } from '#projections/index.js';
import { storeChecks } from '../composition/checks.js';
import { viewsFor } from '../composition/contexts.js';
import { logCheck } from '../composition/log-watch.js';
import { measureStores } from '../composition/metrics.js';
import type { Stores } from '../composition/stores.js';
import type { Projector } from './projector.js';

export interface Monitor {
  readonly app: NestFastifyApplication;
  close(): Promise<void>;
}

export async function createMonitor(stores: Stores, projector: Projector, log: Logger): Promise<Monitor> {
  const { eventStore, readStore, codec, identities } = stores;
  const keys = new LogKeyRing({
    store: eventStore,
    codec,
    gate: () => projector.watch.mustStillBeOurs(),
    failed: (error) => log.error({ err: error }, 'following the access log failed'),
  });
  await keys.open();
  const views = new ViewReader(readStore);
  const all = viewsFor(identities);
  const positions = new PositionWatch({ reader: views, views: all, log: eventStore });
  const metrics = new Registry();
  measureStores(metrics, stores, views, all);
  new Gauge({
    name: 'touchstone_duties_held',
    help: 'Partitions and duties that this process holds leases of',
    registers: [metrics],
    collect() {
      this.set(projector.status().duties.length);
    },
  });
  const app = await createHttpApp(Monitoring, {
    log,
    services: () => ({
      keys,
      checks: [
        ...storeChecks(stores),
        logCheck(projector.watch),
        {
          name: 'projections',
          check: async () => {
            const { ok, duties } = projector.status();
            return { ok, detail: { duties } };
          },
        },
      ],
      waitFor: (position, timeoutMs, signal) => positions.reached(position, timeoutMs, signal),
      gate: () => projector.watch.mustBeOurs(),
      commandNames: stores.commandNames,
      clock: systemClock,
      ids: systemIds,
      metrics,
    }),
  });
  return {
    app,
    close: async () => {
      await app.close();
      await keys.close();
    },
  };
}

@Module({})
class Monitoring {}
