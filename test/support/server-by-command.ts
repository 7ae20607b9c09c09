/**
 * A server of the event store that a shell command starts, whichever that is: `{port}` in it is a free port of loopback,
 * on which the server must answer without TLS, and `{folder}` a folder of its own, which it finds again when it is
 * started again.
 *
 *     const server = await startByCommand('eventstored --insecure --node-port {port} --db {folder}');
 *     await server.kill();
 *     await server.start();
 *     await server.close();
 *
 * The command is a group of processes, and a signal is for all of them. A guard kills the group when the process that
 * started it has ended, however that ended.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStoreDb } from '#event-store/eventstoredb/eventstoredb.js';
import type { StoreServer } from './event-store-server.js';
import { freePort } from './free-port.js';
import { inherited } from './inherited.js';
import { until } from './until.js';

/** A server that reads a large log, on a machine that is busy, takes its time. */
const PATIENCE_MS = 60_000;
const ASK_MS = 2_000;
const REMEMBERED_CHARACTERS = 8_000;
/** Its input, which is ours to hold, ends when we do. */
const GUARD = 'cat > /dev/null; kill -s KILL -- "-$1"';

/** @throws Error with what the command said, when no server answers */
export async function startByCommand(command: string): Promise<StoreServer> {
  const folder = await mkdtemp(join(tmpdir(), 'event-store-'));
  const port = await freePort();
  const url = `esdb://127.0.0.1:${port}?tls=false`;
  const line = command.replaceAll('{port}', String(port)).replaceAll('{folder}', folder);
  const launched = async (): Promise<Group> => {
    const group = launch(line);
    try {
      await answering(url, group);
      return group;
    } catch (error) {
      await group.end('SIGKILL');
      throw error;
    }
  };
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  let group = await launched().catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    url,
    folder,
    start: async () => {
      group = await launched();
    },
    stop: () => group.end('SIGTERM'),
    kill: () => group.end('SIGKILL'),
    freeze: () => group.signal('SIGSTOP'),
    thaw: () => group.signal('SIGCONT'),
    close: async () => {
      await group.end('SIGKILL');
      await remove();
    },
  };
}

interface Group {
  /** The last of what it wrote. */
  said(): string;
  hasEnded(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Resolves when the last of its processes is gone. */
  end(name: NodeJS.Signals): Promise<void>;
}

function launch(line: string): Group {
  // Nobody writes to the fourth, but every process of the command inherits it: it closes when the last one ends.
  const leader = spawn('/bin/sh', ['-c', line], {
    detached: true,
    env: inherited(),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', String(leader.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  let [said, hasEnded] = ['', false];
  for (const output of leader.stdio.slice(1))
    output?.on('data', (text) => (said = (said + String(text)).slice(-REMEMBERED_CHARACTERS)));
  const ended = once(leader, 'close').then(() => {
    hasEnded = true;
    signalTo(guard.pid, 'SIGKILL');
  });
  const signal = (name: NodeJS.Signals): void => {
    if (!hasEnded) signalTo(leader.pid, name);
  };
  return {
    said: () => said,
    hasEnded: () => hasEnded,
    signal,
    end: async (name) => {
      signal('SIGCONT');
      signal(name);
      await ended;
    },
  };
}

async function answering(url: string, group: Group): Promise<void> {
  const asked = async (): Promise<boolean> => {
    if (group.hasEnded()) throw new Error('it ended');
    return openEventStoreDb({ url, deadlineMs: ASK_MS }).then(
      (store) => store.close().then(() => true),
      () => false,
    );
  };
  await until(asked, PATIENCE_MS).catch((cause: unknown) => {
    throw new Error(`The command of EVENT_STORE_COMMAND gives no server that answers:\n${group.said()}`, {
      cause,
    });
  });
}

/** To a group, by its leader; all of it may have ended by itself. */
function signalTo(leader: number | undefined, name: NodeJS.Signals): void {
  try {
    if (leader !== undefined) process.kill(-leader, name);
  } catch {
    return;
  }
}
