/** A port of loopback that was free just now; somebody may take it before whoever asked does. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a server that listens on TCP
  await new Promise((resolve) => server.close(resolve));
  return port;
}
