/**
 * The double in a process of its own, told what to do over a channel: for tests that kill the server, that measure
 * their own memory, or whose own processes outlive it. What it holds does not count as theirs.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DoubleOptions, EventStoreDbDouble } from './double.js';
import type { Fault, Interruption, Method } from './faults.js';

export type Order =
  | { readonly do: 'once'; readonly method: Method; readonly fault: Fault }
  | { readonly do: 'always'; readonly method: Method; readonly fault: Fault }
  | { readonly do: 'clear' }
  | { readonly do: 'interrupt'; readonly how: Interruption }
  /** `data` is the text as it is stored, whatever it is. Answers the position. */
  | { readonly do: 'plant'; readonly stream: string; readonly type: string; readonly data: string }
  /** How often the method was called. */
  | { readonly do: 'count'; readonly method: Method }
  /** How many subscriptions run. */
  | { readonly do: 'subscriptions' }
  | { readonly do: 'stop' }
  | { readonly do: 'start' };

export interface RemoteDouble {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Obeyed when it is answered; what has a number for an answer gives it as text, in full. */
  tell(order: Order): Promise<string>;
  /** Ends it, with SIGKILL unless told otherwise, and waits until it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

interface Message<Content> {
  readonly id: number;
  readonly content: Content;
}

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));

/** A port of the test's own keeps the URL. */
export async function startRemoteDouble(
  options: Pick<DoubleOptions, 'port' | 'logFile' | 'synced' | 'version'> = {},
): Promise<RemoteDouble> {
  const args = ['--port', String(options.port ?? 0)];
  if (options.logFile !== undefined) args.push('--log', options.logFile);
  if (options.synced) args.push('--synced');
  if (options.version) args.push('--version', options.version);
  const child = fork(MAIN, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ content: url }] = (await once(child, 'message')) as [Message<string>];
  const waiting = new Map<number, (answer: string) => void>();
  child.on('message', ({ id, content }: Message<string>) => {
    waiting.get(id)?.(content);
    waiting.delete(id);
  });
  let last = 0;
  return {
    url,
    port: Number(/:(\d+)\?/.exec(url)?.[1]),
    process: child,
    tell: (order) =>
      new Promise((answered) => {
        const message: Message<Order> = { id: ++last, content: order };
        waiting.set(message.id, answered);
        child.send(message);
      }),
    kill: async (signal = 'SIGKILL') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    },
  };
}

/** The other end: obeys whoever started the process, and ends with it. */
export function obeyParent(double: EventStoreDbDouble): void {
  if (!process.send) return;
  const say = (message: Message<string>): void => void process.send?.(message);
  process.on('message', ({ id, content }: Message<Order>) => {
    void obey(double, content).then((answer) => say({ id, content: answer }));
  });
  process.once('disconnect', () => void double.close());
  say({ id: 0, content: double.url });
}

async function obey({ faults, calls, ...double }: EventStoreDbDouble, order: Order): Promise<string> {
  switch (order.do) {
    case 'once':
      faults.once(order.method, order.fault);
      return '';
    case 'always':
      faults.always(order.method, order.fault);
      return '';
    case 'clear':
      faults.clear();
      return '';
    case 'interrupt':
      return String(faults.interrupt(order.how));
    case 'plant':
      return String(double.plant(order.stream, { type: order.type, data: Buffer.from(order.data) }));
    case 'count':
      return String(calls.count(order.method));
    case 'subscriptions':
      return String(calls.subscriptions);
    case 'stop':
      await double.stop();
      return '';
    case 'start':
      await double.start();
      return '';
  }
}
