#!/usr/bin/env node
/** `touchstone-projector`: moves the views along the log until it is told to stop. */
import { createLogger } from '#http/logger.js';
import { ConfigError, readConfig } from '../composition/config.js';
import { openStores } from '../composition/stores.js';
import { startProjector } from './projector.js';

try {
  const config = readConfig(process.env);
  const log = createLogger({ level: config.logLevel });
  const stores = await openStores(config);
  const projector = await startProjector(stores, log);
  const stop = async (): Promise<void> => {
    await projector.stop();
    await stores.close();
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}
