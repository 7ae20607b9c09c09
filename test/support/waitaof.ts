/**
 * A double of a Redis that has WAITAOF (7.2 and newer), in front of one that has not: it passes everything on, but for
 * the question whether there is such a command, and for the command, which it answers by itself. It shows when Touchstone
 * waits and what it makes of the answer. It is no test of WAITAOF: nothing is on any disk because of it.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface WaitAof {
  readonly url: string;
  /** How often it was asked to wait. */
  waits(): number;
  /** From now on the append-only file does not get to the disk in time. */
  stall(): void;
  close(): Promise<void>;
}

const command = (...parts: string[]): string =>
  `*${parts.length}\r\n${parts.map((part) => `$${part.length}\r\n${part}\r\n`).join('')}`;

const QUESTION = command('COMMAND', 'INFO', 'WAITAOF');
const WAIT = /\*4\r\n\$7\r\nWAITAOF\r\n\$1\r\n1\r\n\$1\r\n0\r\n\$\d+\r\n\d+\r\n/g;

export async function inFrontOf(port: number): Promise<WaitAof> {
  const sockets = new Set<Socket>();
  let waits = 0;
  let answer = 'return {1, 0}';
  const server = createServer((client) => {
    const redis = connect(port, '127.0.0.1');
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, redis].forEach((one) => one.destroy()));
    }
    redis.pipe(client);
    client.on('data', (data) => {
      const text = data.toString('latin1').replace(QUESTION, command('COMMAND', 'INFO', 'GET'));
      const passed = text.replace(WAIT, () => {
        waits += 1;
        return command('EVAL', answer, '0');
      });
      redis.write(Buffer.from(passed, 'latin1'));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on a port
    waits: () => waits,
    stall: () => (answer = 'return {0, 0}'),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
