/**
 * P4: all views rebuilt from the whole log, against reading that log and parsing its JSON and nothing else.
 * P7: resident memory of one process that has done so and then answered queries, at ten times the events.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { customerAt, writeHistory } from './history.js';
import { remove, startServer, temporaryFolder } from './load.js';
import { row, type Row } from './row.js';

/** Of the long log. */
export const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);
const MEMORY_BAR = 350; // MB

export async function benchRebuild(): Promise<readonly Row[]> {
  const long = await measure(EVENTS);
  const short = await measure(EVENTS / 10);
  return [
    row('P4', `all views over ${EVENTS.toLocaleString('en')} events`, long.rebuilt, long.read, 'events/s', {
      atLeast: 0.25,
    }),
    row('P7', 'memory, ten times the events', long.memory, short.memory, 'MB', { atMost: 1.15 }),
    row('P7', 'memory', long.memory, short.memory, 'MB', { oursAtMost: MEMORY_BAR }),
  ];
}

async function measure(events: number): Promise<{ rebuilt: number; read: number; memory: number }> {
  const folder = temporaryFolder();
  try {
    await writeHistory(folder, events, events / 10);
    const read = events / inProcess('read', folder);
    const rebuilt = events / inProcess('rebuild', folder);
    const again = inProcess('read', folder); // the same before and after, so that a drifting machine shows
    const memory = await memoryOf(folder, events / 10);
    return { rebuilt, read: (read + events / again) / 2, memory };
  } finally {
    remove(folder);
  }
}

/** Seconds that a fresh process takes. @param env REDIS_URL, for views in Redis */
export function inProcess(
  work: 'read' | 'rebuild',
  folder: string,
  env: Readonly<Record<string, string>> = {},
): number {
  const program = fileURLToPath(new URL('./rebuild-process.js', import.meta.url));
  if (work === 'rebuild')
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `views.sqlite${suffix}`), { force: true });
  const { stdout, status } = spawnSync(process.execPath, [program, work, folder], {
    encoding: 'utf8',
    env: { ...process.env, REDIS_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${work} failed`);
  return Number(stdout);
}

/** Of the API with its projector, after a thousand queries and as many commands. */
async function memoryOf(folder: string, customers: number): Promise<number> {
  const server = await startServer(folder);
  try {
    await server.settled();
    for (let index = 0; index < 1_000; index++) {
      const customer = `${server.url}/v1/customers/${customerAt(Math.floor((index * customers) / 1_000))}`;
      await (await fetch(`${customer}/timeline`, { headers: server.headers })).arrayBuffer();
      await (
        await fetch(`${customer}/notes`, {
          method: 'POST',
          headers: server.headers,
          body: '{"text":"a note"}',
        })
      ).arrayBuffer();
    }
    return server.memory() / 1024 / 1024;
  } finally {
    await server.stop();
  }
}
