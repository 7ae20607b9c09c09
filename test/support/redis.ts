/** A redis-server of a test's own, on a free port, with its files in a temporary folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.js';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Sends the process a signal: SIGSTOP freezes it, SIGCONT lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it at once; its files stay. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files, with other settings if given. */
  start(settings?: readonly string[]): Promise<void>;
  /** Every byte in its files. */
  bytes(): Promise<Buffer>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** What keeps every write before it is answered. */
export const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''] as const;

export async function startRedis(settings: readonly string[] = DURABLE): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const port = await freePort();
  let server: ChildProcess | undefined;

  const start = async (given: readonly string[] = settings): Promise<void> => {
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...given];
    const started = spawn('redis-server', args, { stdio: 'ignore' });
    server = started;
    await until(() => {
      if (started.exitCode !== null)
        throw new Error(`redis-server ended with ${started.exitCode}: ${args.join(' ')}`);
      return answers(port);
    });
  };
  const kill = async (): Promise<void> => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    signal: (name) => void server?.kill(name),
    kill,
    start,
    bytes: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return Buffer.concat(
        await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))),
      );
    },
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether somebody there has loaded their data and answers: with PONG, or that they want a password. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('error', () => resolve(false));
    socket.on('data', (data) => {
      socket.destroy();
      resolve(/^(\+PONG|-NOAUTH)/.test(data.toString()));
    });
  });
}
