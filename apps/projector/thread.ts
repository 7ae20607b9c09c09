/** The projector as a thread of the API's process: the embedded default, where one process is all there is. */
import { parentPort, workerData } from 'node:worker_threads';
import { createLogger } from '#http/logger.js';
import { openStores } from '../composition/stores.js';
import { logSubscriptions } from '../composition/subscription-log.js';
import { startProjector } from './projector.js';
import type { ThreadData } from './start-thread.js';

const { config, openFiles } = workerData as ThreadData; // what `startProjectorThread` sends
const log = createLogger({ level: config.logLevel });
const stores = await openStores(config, logSubscriptions(log), openFiles);
const projector = await startProjector(stores, log, config);
parentPort?.once('message', () => {
  void (async () => {
    await projector.stop();
    await stores.close();
    parentPort?.close();
  })();
});
