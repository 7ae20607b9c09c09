/**
 * Redis servers of the tests' own: Debian's redis-server on a free port of loopback and in a folder of its own.
 * It is the real thing, which can be stopped, killed, frozen and emptied.
 *
 *     const redis = await startRedis({ appendOnly: true });
 *     await redis.kill();
 *     await redis.start(); // on the same port, with what is on its disk
 *     await redis.close();
 *
 * A server ends when the process that started it does, however that ends: it is started by a shell that waits for the
 * end of its input, which is ours.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';

export interface RedisOptions {
  /** Writes each commit to disk before it is answered. Default: nothing is ever written to disk. */
  readonly appendOnly?: boolean;
  /** Asked of everybody, and part of `url`. */
  readonly password?: string;
  /** Further settings, by the names of redis.conf. `tls-port` 0 stands for the port, for TLS alone. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** After `stop` or `kill`. */
  start(): Promise<void>;
  /** As an operator does it: with SIGTERM. */
  stop(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Forgets everything, as a restart without persistence does. */
  flush(): Promise<void>;
  /** CONFIG SET, while it runs. */
  configure(name: string, value: string): Promise<void>;
  /** Any other command, as the operator. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>;
  /** Stops it, whatever became of it, and removes its folder. */
  close(): Promise<void>;
}

const PATIENCE_MS = 20_000;
const ATTEMPTS = 5;

/** Says the server's process id, ends with it, and kills it at the end of the input. */
const GUARDED = `
  exec 3<&0
  redis-server "$@" < /dev/null & server=$!
  (cat <&3; kill -9 $server) > /dev/null 2>&1 & guard=$!
  echo "server $server"
  wait $server
  kill $guard`;

export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return serverOf(folder, port, options, await launch(folder, port, options));
    } catch (error) {
      if (attempt < ATTEMPTS) continue; // somebody took the port meanwhile
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

interface Running {
  readonly shell: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<unknown>;
}

function serverOf(folder: string, port: number, options: RedisOptions, first: Running): RedisServer {
  let running = first;
  const { password, config } = options;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (running.shell.exitCode !== null || running.shell.signalCode !== null) return;
    signalTo(running.pid, 'SIGCONT');
    signalTo(running.pid, signal);
    await running.ended;
    running.shell.stdin?.end();
  };
  const command = async (name: string, ...args: (string | number)[]): Promise<unknown> => {
    const client = new Redis({ host: '127.0.0.1', port, ...(password !== undefined && { password }) });
    try {
      return await client.call(name, args);
    } finally {
      client.disconnect();
    }
  };
  const tls = config?.['tls-port'] !== undefined;
  return {
    url: `${tls ? 'rediss' : 'redis'}://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    port,
    folder,
    start: async () => {
      running = await launch(folder, port, options);
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => signalTo(running.pid, 'SIGSTOP'),
    thaw: () => signalTo(running.pid, 'SIGCONT'),
    flush: async () => void (await command('FLUSHALL')),
    configure: async (name, value) => void (await command('CONFIG', 'SET', name, value)),
    command,
    close: async () => {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @throws Error with what it said, when it does not start */
async function launch(folder: string, port: number, options: RedisOptions): Promise<Running> {
  const { appendOnly = false, password, config = {} } = options;
  const settings = Object.entries({
    port: config['tls-port'] === undefined ? String(port) : '0',
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    appendfsync: 'always',
    ...(password !== undefined && { requirepass: password }),
    ...config,
    ...(config['tls-port'] !== undefined && { 'tls-port': String(port) }),
  });
  const shell = spawn(
    '/bin/sh',
    ['-c', GUARDED, 'redis', ...settings.flatMap(([name, value]) => [`--${name}`, value])],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const ended = once(shell, 'exit');
  let said = '';
  const ready = new Promise<number>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`redis-server does not start:\n${said}`)), PATIENCE_MS);
    const settle = (): void => {
      clearTimeout(late);
      shell.stdin.end();
      reject(new Error(`redis-server ended:\n${said}`));
    };
    shell.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const pid = /^server (\d+)/m.exec(said)?.[1];
      if (/Ready to accept connections/.test(said) && pid !== undefined) {
        clearTimeout(late);
        resolve(Number(pid));
      } else if (/Failed listening|Fatal|FATAL|# Warning: Could not create/.test(said)) settle();
    });
    shell.stderr.resume();
    shell.once('exit', settle);
  });
  try {
    return { shell, pid: await ready, ended };
  } catch (error) {
    shell.stdin.end();
    await ended;
    throw error;
  }
}

/** It may have ended by itself. */
function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    return;
  }
}
