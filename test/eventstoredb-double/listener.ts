/**
 * The socket the double listens on. It is our own, and gRPC is handed each connection, so that a connection can
 * be broken as networks break them, and the port given up and taken again while the log stays.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

const HOST = '127.0.0.1';

export class Listener {
  #server: Server | null = null;
  #port: number;
  readonly #sockets = new Set<Socket>();

  constructor(
    port: number,
    private readonly take: (socket: Socket) => void,
  ) {
    this.#port = port;
  }

  get address(): string {
    return `${HOST}:${this.#port}`;
  }

  /** Listens; the second time on the port of the first. */
  async open(): Promise<void> {
    if (this.#server) return;
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy()); // the client went away first
      this.take(socket);
    });
    this.#server = server;
    server.listen(this.#port, HOST);
    await once(server, 'listening');
    const address = server.address();
    if (address && typeof address === 'object') this.#port = address.port;
  }

  /** Breaks every connection and listens no more. */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }

  /** Breaks the connection of a peer, named as gRPC names it: `address:port`. */
  cut(peer: string): void {
    for (const socket of this.#sockets)
      if (`${socket.remoteAddress}:${socket.remotePort}` === peer) socket.destroy();
  }
}
