#!/usr/bin/env node
/** `touchstone-projector`: moves the views along the log until it is told to stop. */
import { createLogger } from '#http/logger.js';
import { readConfig } from '../composition/config.js';
import { runProcess } from '../composition/process.js';
import { openStores } from '../composition/stores.js';
import { startProjector } from './projector.js';

await runProcess(async () => {
  const config = readConfig(process.env);
  const log = createLogger({ level: config.logLevel });
  const stores = await openStores(config);
  const projector = await startProjector(stores, log, config);
  return async () => {
    await projector.stop();
    await stores.close();
  };
});
