/**
 * The programs as they ship, each a process of its own on a folder, to be stopped, killed, frozen and started again.
 *
 *     const server = await startServer(folder);
 *     await server.send('POST', '/v1/customers', { key, body: { kind: 'person' } });
 *     await server.kill();
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { inherited } from './inherited.js';

const API = fileURLToPath(new URL('../../apps/api/main.js', import.meta.url));
const PROJECTOR = fileURLToPath(new URL('../../apps/projector/main.js', import.meta.url));
const PATIENCE_MS = 25_000;
/** It must not outlive its test. */
const LIFETIME_MS = 4 * PATIENCE_MS;

export interface Running {
  readonly url: string;
  /** Asks it to end, with SIGTERM. */
  stop(): Promise<ExitCode>;
  /** kill -9 */
  kill(): Promise<void>;
  /** It does nothing at all, and does not know. */
  freeze(): void;
  thaw(): void;
  /** All that it has written to its output so far. */
  said(): string;
}

export interface Server extends Running {
  /** Shown by the first start on a folder. */
  readonly adminKey: string | null;
  send(method: string, path: string, options: Sending): Promise<Answer>;
  /** From now on nobody reads what it writes. */
  closeOutput(): void;
}

export interface Sending {
  readonly key: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The signal's name for a process that one ended. */
export type ExitCode = number | NodeJS.Signals;

/** How a start went that ended by itself. */
export interface Ended {
  readonly code: ExitCode;
  readonly out: string;
  readonly error: string;
}

type Env = Readonly<Record<string, string>>;

/** @throws Error with what it said, when it does not start */
export async function startServer(folder: string, env: Env = {}, lifetimeMs = LIFETIME_MS): Promise<Server> {
  const run = launch(API, folder, env, { lifetimeMs });
  const agent = new Agent({ keepAlive: true });
  const running = await runningOf(run);
  void run.ended.then(() => agent.destroy());
  const { url } = running;
  return {
    ...running,
    adminKey: /shown this once: (\S+)/.exec(run.out())?.[1] ?? null,
    send: (method, path, sending) => send(agent, url, method, path, sending),
    closeOutput: () => {
      run.child.stdout.destroy();
      run.child.stderr.destroy();
    },
  };
}

/** @throws Error with what it said, when it does not start */
export const startProjectorProcess = (folder: string, env: Env, lifetimeMs = LIFETIME_MS): Promise<Running> =>
  runningOf(launch(PROJECTOR, folder, env, { lifetimeMs }));

async function runningOf(run: ReturnType<typeof launch>): Promise<Running> {
  const url = await run.said(/answers at (\S+),/);
  const end = async (signal: NodeJS.Signals): Promise<ExitCode> => {
    run.child.kill(signal);
    return (await run.ended).code;
  };
  return {
    url,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    freeze: () => void run.child.kill('SIGSTOP'),
    thaw: () => void run.child.kill('SIGCONT'),
    said: run.out,
  };
}

/** For a start that is expected to fail; one that does not is killed. */
export async function failToStart(
  folder: string,
  env: Env = {},
  { asNobody = false }: { readonly asNobody?: boolean } = {},
): Promise<Ended> {
  const run = launch(API, folder, env, { asNobody });
  void run.said(/answers at/).then(
    () => run.child.kill('SIGKILL'),
    () => undefined,
  );
  return run.ended;
}

const NOBODY = { uid: 65_534, gid: 65_534 };

interface Launching {
  /** As a user without rights, where the test's own user is root and has them all. */
  readonly asNobody?: boolean;
  readonly lifetimeMs?: number;
}

function launch(main: string, folder: string, env: Env, options: Launching) {
  const { asNobody = false, lifetimeMs = LIFETIME_MS } = options;
  const child = spawn(process.execPath, [main], {
    env: { ...inherited(), TOUCHSTONE_DATA: folder, PORT: '0', LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(asNobody && process.getuid?.() === 0 && NOBODY),
  });
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
  const late = setTimeout(() => child.kill('SIGKILL'), lifetimeMs);
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    clearTimeout(late);
    return { code: (code ?? signal) as ExitCode, out, error }; // one of the two is there
  });
  const said = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(out);
        if (found !== null) resolve(found[1] ?? found[0]);
      };
      child.stdout.on('data', look);
      child.once('close', () => reject(new Error(`ended without saying so:\n${out}${error}`)));
    });
  return { child, ended, said, out: () => out };
}

/** @throws Error where the connection is cut before the answer is whole: then nothing is known of the request */
function send(agent: Agent, url: string, method: string, path: string, sending: Sending): Promise<Answer> {
  const { key, body, headers } = sending;
  const content = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url + path,
      {
        method,
        agent,
        timeout: PATIENCE_MS,
        headers: {
          authorization: `Bearer ${key}`,
          ...(content === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(content)) }),
          ...headers,
        },
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (part: string) => (text += part));
        incoming.on('error', reject);
        incoming.on('end', () => {
          if (!incoming.complete) return reject(new Error('cut'));
          const read = text === '' ? {} : (JSON.parse(text) as Answer['body']);
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: read });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}
