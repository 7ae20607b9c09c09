/**
 * A wire to a server on loopback that can be slow, and cut in the middle of an answer: what was asked has been done
 * then, and half of what was to be said of it has arrived.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Wire {
  readonly url: string;
  /** Every connection breaks in the middle of its next answer; answers how many there are. */
  cut(): number;
  /** Whatever is asked arrives so much later from now on, in milliseconds. */
  slow(ms: number): void;
  close(): Promise<void>;
}

export async function startWire(port: number): Promise<Wire> {
  const toBeCut = new Set<Socket>();
  const open = new Set<Socket>();
  let late = 0;
  const server = createServer((client) => {
    const far = connect(port, '127.0.0.1');
    const both = [client, far];
    let passed = Promise.resolve();
    open.add(client);
    for (const socket of both) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        for (const one of both) one.destroy();
        open.delete(client);
        toBeCut.delete(client);
      });
    }
    client.on('data', (asked) => {
      // One after the other, so that their order stays when it is no longer slow.
      passed = passed.then(() => (late === 0 ? undefined : delay(late))).then(() => void far.write(asked));
    });
    far.on('data', (said) => {
      if (toBeCut.has(client)) client.end(said.subarray(0, said.length >> 1), () => client.destroy());
      else client.write(said);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on a port
    cut: () => {
      for (const client of open) toBeCut.add(client);
      return toBeCut.size;
    },
    slow: (ms) => (late = ms),
    close: async () => {
      for (const client of open) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
