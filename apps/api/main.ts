#!/usr/bin/env node
/** `touchstone-api`: the HTTP side, and in embedded mode the projections in a thread beside it. */
import { createLogger, listen } from '#http/index.js';
import { startProjectorThread } from '../projector/start-thread.js';
import { configure, runProcess } from '../composition/process.js';
import { openStores } from '../composition/stores.js';
import { logSubscriptions } from '../composition/subscription-log.js';
import { createApi } from './app.js';

await runProcess(async (say) => {
  const config = configure(process.env);
  const log = createLogger({ level: config.logLevel });
  const stores = await openStores(config, logSubscriptions(log));
  const projector =
    config.projector === 'inside' ? startProjectorThread(config, log, stores.openFiles) : null;
  const { app, firstKey, close } = await createApi(stores, config, log);
  // Before anything else can go wrong: it is in the log, and nobody could read it again.
  if (firstKey !== null) say(`Admin key, shown this once: ${firstKey}`);
  const url = await listen(app, config);
  say(`Touchstone answers at ${url}, documented at ${url}/docs. Data: ${config.dataFolder}`);
  return async () => {
    await close();
    await projector?.stop();
    await stores.close();
  };
});
