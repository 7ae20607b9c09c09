/** A store that goes away under load and comes back, and the load that must go on by itself then. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { StoreServer } from '#test/support/event-store-server.js';
import type { Server } from '#test/support/server.js';
import type { Load } from './load.js';

const WRITERS = 16;
/** Of a writer between two commands: what comes back has room to catch up. */
export const WRITERS_PAUSE_MS = 40;
const READERS = 4;
const READY_ASK_MS = 250;
const READY_ASKS = 240;

/** Writers and readers at the servers for as long as the work takes. */
export async function under(
  load: Load,
  servers: readonly Server[],
  work: () => Promise<void>,
): Promise<void> {
  const ending = new AbortController();
  const loading = Promise.all([
    load.work(servers, WRITERS, ending.signal),
    ...servers.map((server) => load.look(server, READERS / servers.length, ending.signal)),
  ]);
  // A load that fails ends the work with it.
  try {
    await Promise.race([work(), loading.then(() => delay(1_000))]);
  } finally {
    ending.abort();
    await loading;
  }
}

/** Something happens, and after it commands are acknowledged and all is ready again. Answers how often 503 was. */
export async function outage(
  load: Load,
  servers: readonly Server[],
  happens: () => Promise<void>,
): Promise<number> {
  await load.progress(20);
  const before = load.unavailable;
  await happens();
  const over = performance.now();
  await load.progress(20);
  const acknowledged = performance.now();
  await Promise.all(servers.map(ready));
  report(
    `acknowledged after ${round(acknowledged - over)}, ready after ${round(performance.now() - over)}, ${load.unavailable - before} × 503`,
  );
  return load.unavailable - before;
}

/** In one of three manners. */
export const goneFor = (store: StoreServer, manner: number, ms: number) => async (): Promise<void> => {
  switch (manner % 3) {
    case 0:
      await store.kill();
      await delay(ms);
      return store.start();
    case 1:
      store.freeze();
      await delay(ms);
      return store.thaw();
    default:
      await store.stop();
      await delay(ms);
      return store.start();
  }
};

/** Asked as often as a load balancer would, or the asking would be a load of its own. */
async function ready({ url }: Server): Promise<void> {
  for (let ask = 0; ; ask++) {
    const answer = await fetch(`${url}/health/ready`);
    expect([200, 503]).toContain(answer.status);
    const said = await answer.text();
    if (answer.ok) return;
    if (ask === READY_ASKS) throw new Error(`It does not become ready again: ${said}`);
    await delay(READY_ASK_MS);
  }
}

const round = (ms: number): string => `${Math.round(ms)} ms`;
/** For whoever measures: FAULTS_REPORT=1 */
const report = (line: string): void =>
  void (process.env['FAULTS_REPORT'] && process.stderr.write(`${line}\n`));
