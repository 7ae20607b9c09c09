/** Starts the projector's thread, and starts it again if it dies. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Config } from '../composition/config.js';
import type { Projector } from './projector.js';

const RESTART_MS = 500;

export function startProjectorThread(config: Config, log: Logger): Projector {
  let stopping = false;
  let thread = start();

  function start(): Worker {
    const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: config });
    worker.on('error', (error) => log.error({ err: error }, 'the projector died; starting it again'));
    worker.on('exit', () => {
      if (!stopping) setTimeout(() => stopping || (thread = start()), RESTART_MS).unref();
    });
    return worker;
  }

  return {
    stop: async () => {
      stopping = true;
      const exit = once(thread, 'exit');
      thread.postMessage('stop');
      await exit;
    },
  };
}
