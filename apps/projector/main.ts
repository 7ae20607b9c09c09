#!/usr/bin/env node
/** `touchstone-projector`: moves the views along the log until it is told to stop. Run as many as you like. */
import { createLogger, listen } from '#http/index.js';
import { configure, runProcess } from '../composition/process.js';
import { openStores } from '../composition/stores.js';
import { logSubscriptions } from '../composition/subscription-log.js';
import { createMonitor } from './monitor.js';
import { startProjector } from './projector.js';

/** Beside an API on the same machine. */
const DEFAULT_PORT = 3001;

await runProcess(async (say) => {
  const config = configure(process.env, DEFAULT_PORT);
  const log = createLogger({ level: config.logLevel });
  const stores = await openStores(config, logSubscriptions(log));
  const projector = await startProjector(stores, log, config);
  const monitor = await createMonitor(stores, projector, log);
  const url = await listen(monitor.app, config);
  say(`Touchstone's projector answers at ${url}, to health and metrics.`);
  return async () => {
    await monitor.close();
    await projector.stop();
    await stores.close();
  };
});
