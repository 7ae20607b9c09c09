/**
 * A server of the event store that a test may kill, stop, freeze and start again, on a port and in a folder of its own:
 * the one that EVENT_STORE_COMMAND starts or, where that is not set, EventStoreDB's double as a process, which stands
 * in for a real server.
 *
 *     const server = await startEventStore();
 *     await server.kill();
 *     await server.start(); // at the same address, with what was acknowledged
 *     await server.close();
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRemoteDouble, type Order } from '#test/eventstoredb-double/index.js';
import type { RedisServer } from './redis.js';
import { startByCommand } from './server-by-command.js';

/** The abilities of every server of a test. All that it acknowledged outlives everything but `close`. */
export type StoreServer = Pick<
  RedisServer,
  'url' | 'folder' | 'start' | 'stop' | 'kill' | 'freeze' | 'thaw' | 'close'
>;

export interface EventStoreServer extends StoreServer {
  /** The double does wrong what it is told to; no other server can be told. */
  readonly tell?: (order: Order) => Promise<string>;
}

const command = process.env['EVENT_STORE_COMMAND'] || undefined;

/** Whether the double stands in. */
export const isDouble = command === undefined;

export const startEventStore = (): Promise<EventStoreServer> =>
  command === undefined ? startDouble() : startByCommand(command);

async function startDouble(): Promise<EventStoreServer> {
  const folder = await mkdtemp(join(tmpdir(), 'event-store-'));
  const logFile = join(folder, 'log');
  let running = await startRemoteDouble({ logFile });
  const { url, port } = running;
  const signal = (name: NodeJS.Signals): void => void running.process.kill(name);
  const end = async (name: NodeJS.Signals): Promise<void> => {
    signal('SIGCONT');
    await running.kill(name);
  };
  return {
    url,
    folder,
    tell: (order) => running.tell(order),
    start: async () => {
      running = await startRemoteDouble({ port, logFile });
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    close: async () => {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
