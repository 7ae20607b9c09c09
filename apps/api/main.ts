#!/usr/bin/env node
/** `touchstone-api`: the HTTP side, and in embedded mode the projections in a thread beside it. */
import { createLogger, listen } from '#http/index.js';
import { startProjectorThread } from '../projector/start-thread.js';
import { ConfigError, readConfig } from '../composition/config.js';
import { openStores } from '../composition/stores.js';
import { createApi } from './app.js';

try {
  const config = readConfig(process.env);
  const log = createLogger({ level: config.logLevel });
  const stores = await openStores(config);
  const projector = startProjectorThread(config, log);
  const { app, firstKey, close } = await createApi(stores, config, log);
  const url = await listen(app, config);
  process.stdout.write(
    `Touchstone answers at ${url}, documented at ${url}/docs. Data: ${config.dataFolder}\n`,
  );
  if (firstKey !== null) process.stdout.write(`Admin key, shown this once: ${firstKey}\n`);

  const stop = async (): Promise<void> => {
    await close();
    await projector.stop();
    await stores.close();
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}
