/** The API: what Nest is given, and in which order it starts and stops. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { firstAdminKey } from '#access/first-key.js';
import { LogKeyRing } from '#access/key-ring.js';
import type { LocalKey } from '#access/local-key.js';
import { AUDITED_VIEWS } from '#audit/audited-views.js';
import { CommandHandling, DecideHandler } from '#commands/index.js';
import { controllersOf } from '#context/index.js';
import { Codec } from '#event-store/codec/index.js';
import { EVENT_STORE } from '#event-store/index.js';
import { createHttpApp } from '#http/index.js';
import { LINE_KINDS } from '#import/import.controller.js';
import { systemClock, systemIds } from '#kernel';
import { Identities, KEY_STORE } from '#key-store/index.js';
import { PositionWatch, ViewReader, VIEWS } from '#projections/index.js';
import { READ_STORE } from '#read-store/index.js';
import type { Config } from '../composition/config.js';
import {
  auditedViews,
  commands,
  customerDeciders,
  lineKinds,
  modules,
  viewsFor,
} from '../composition/contexts.js';
import { storeChecks, viewChecks } from '../composition/checks.js';
import { logCheck, watchLog } from '../composition/log-watch.js';
import { measureStores } from '../composition/metrics.js';
import type { Stores } from '../composition/stores.js';

export interface Api {
  readonly app: NestFastifyApplication;
  /** The secret of the first admin key, where this start made it. */
  readonly firstKey: string | null;
  /** Lets requests under way end, then closes. The stores stay open. */
  close(): Promise<void>;
}

export async function createApi(
  stores: Stores,
  config: Config,
  log: Logger,
  more: NonNullable<DynamicModule['imports']> = [],
  local?: LocalKey,
): Promise<Api> {
  const { eventStore: store, codec, readStore, keyStore, identities } = stores;
  const views = new ViewReader(readStore);
  const all = viewsFor(identities);
  const positions = new PositionWatch({ reader: views, views: all, log: store });
  const older = (): void => {
    handling.forget();
    positions.logChanged();
  };
  const watch = watchLog(stores, { reader: views, views: all, log, older });
  const gate = (): void => watch.mustBeOurs();
  const handling = new CommandHandling({ store, codec, customerDeciders, gate });
  const firstKey = await firstAdminKey(handling);
  await watch.open();
  const keys = new LogKeyRing({
    store,
    codec,
    gate: () => watch.mustStillBeOurs(),
    failed: (error) => log.error({ err: error }, 'following the access log failed'),
  });
  await keys.open();
  const platform = platformOf([
    { provide: EVENT_STORE, useValue: store },
    { provide: READ_STORE, useValue: readStore },
    { provide: KEY_STORE, useValue: keyStore },
    { provide: Codec, useValue: codec },
    { provide: Identities, useValue: identities },
    { provide: CommandHandling, useValue: handling },
    { provide: ViewReader, useValue: views },
    { provide: VIEWS, useValue: all },
    { provide: LogKeyRing, useValue: keys },
    { provide: LINE_KINDS, useValue: lineKinds },
    { provide: AUDITED_VIEWS, useValue: auditedViews(identities) },
  ]);
  const root: DynamicModule = {
    module: Root,
    imports: [CqrsModule.forRoot(), platform, ...modules, ...more],
    controllers: controllersOf(commands),
    providers: [DecideHandler],
  };
  const metrics = new Registry();
  measureStores(metrics, stores, views, all);
  const app = await createHttpApp(root, {
    log,
    services: () => ({
      keys: local?.with(keys) ?? keys,
      checks: [
        ...storeChecks(stores),
        logCheck(watch),
        ...viewChecks(stores, views, all, config.readyLagSeconds),
      ],
      waitFor: (position, timeoutMs, signal) => positions.reached(position, timeoutMs, signal),
      gate,
      commandNames: stores.commandNames,
      clock: systemClock,
      ids: systemIds,
      metrics,
    }),
  });
  return {
    app,
    firstKey,
    close: async () => {
      await app.close();
      await keys.close();
      await watch.close();
    },
  };
}

type Providers = NonNullable<DynamicModule['providers']>;

/** What every context may ask for. */
const platformOf = (providers: Providers): DynamicModule => ({
  module: Platform,
  providers,
  exports: providers.map((provider) => ('provide' in provider ? provider.provide : provider)),
});

@Global()
@Module({})
class Platform {}

@Module({})
class Root {}
