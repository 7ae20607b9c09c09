/** Starts the projector's thread, and starts it again if it dies. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Config } from '../composition/config.js';
import type { OpenFiles } from '../composition/stores.js';
import type { Projector } from './projector.js';

const RESTART_MS = 500;

/** The order that the thread begins with. */
export interface ThreadData {
  readonly config: Config;
  readonly openFiles: OpenFiles;
}

export function startProjectorThread(
  config: Config,
  log: Logger,
  openFiles: OpenFiles,
): Pick<Projector, 'stop'> {
  let stopping = false;
  let [thread, ended] = start();

  function start(): [Worker, ended: Promise<unknown>] {
    const workerData: ThreadData = { config, openFiles };
    const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData });
    worker.on('error', (error) => log.error({ err: error }, 'the projector died; starting it again'));
    worker.on('exit', () => {
      if (!stopping) setTimeout(() => stopping || ([thread, ended] = start()), RESTART_MS).unref();
    });
    return [worker, once(worker, 'exit').catch(() => undefined)]; // an error comes first, and is reported above
  }

  return {
    stop: async () => {
      stopping = true;
      thread.postMessage('stop');
      await ended; // at once, where it had just died
    },
  };
}
