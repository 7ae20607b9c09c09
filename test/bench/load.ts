/** A server in a child process, and load on it over loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import autocannon, { type Request } from 'autocannon';
import { median } from './row.js';

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'touchstone-bench-'));

export interface BenchServer {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Resident memory in bytes. */
  memory(): number;
  /** CPU time that it has used, in milliseconds. */
  cpu(): number;
  /** Resolves when every view stands at the head of the log. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** @param key of an earlier run on the same folder, where there was one */
export async function startServer(
  folder: string,
  key?: string,
): Promise<BenchServer & { readonly key: string }> {
  const env = { ...process.env, TOUCHSTONE_DATA: folder, PORT: '0', LOG_LEVEL: 'silent' };
  const program = fileURLToPath(new URL('./server.js', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [program], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string]; // piped, as asked
  const started = JSON.parse(line) as { url: string; key: string | null };
  const secret = started.key ?? key;
  if (secret === undefined) throw new Error('The folder has keys already: give one');
  const { url } = started;
  return {
    url,
    key: secret,
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    memory: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    cpu: () => {
      // Behind the name, which may hold spaces: user and system time are the 14th and 15th field, in hundredths of a second.
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' '); // it has a name
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    settled: async () => {
      for (;;) {
        const { checks } = (await (await fetch(`${url}/health/ready`)).json()) as {
          checks: { detail?: { lag?: { events: number }; collection?: string | null } }[];
        };
        if (
          checks.every(
            ({ detail }) => detail?.lag === undefined || (detail.lag.events === 0 && detail.collection),
          )
        )
          return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

export const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
}

const CONNECTIONS = 64;
const ROUNDS = 3;
const SECONDS = 4;

async function once64(server: BenchServer, requests: readonly Request[]): Promise<Measured> {
  const result = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    duration: SECONDS,
    headers: server.headers,
    requests: [...requests],
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} failed`);
  return { perSecond: result.requests.total / result.duration, p99: result.latency.p99 };
}

/** The two in turn, so that a machine that drifts drifts for both; medians. */
export async function sideBySide(
  server: BenchServer,
  ours: readonly Request[],
  reference: readonly Request[],
): Promise<[Measured, Measured]> {
  const sides: [Measured[], Measured[]] = [[], []];
  await once64(server, ours); // warm
  await once64(server, reference);
  for (let round = 0; round < ROUNDS; round++) {
    sides[0].push(await once64(server, ours));
    sides[1].push(await once64(server, reference));
  }
  const of = (runs: readonly Measured[]): Measured => ({
    perSecond: median(runs.map((run) => run.perSecond)),
    p99: median(runs.map((run) => run.p99)),
  });
  return [of(sides[0]), of(sides[1])];
}
