/**
 * The end of a connection whose answer was written before all of the request had come. Closing it at once would take the
 * answer from a sender who is still sending, and leaving it open would let the sender keep it for ever. So what still
 * comes is thrown away for a moment, and then the connection is cut.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

export const LINGER_MS = 2_000;

/** Cuts the connection unless the rest of the request comes in time. */
export function linger(request: IncomingMessage, ms: number): void {
  request.resume();
  const cut = setTimeout(() => request.socket.destroy(), ms).unref();
  request.once('close', () => clearTimeout(cut)); // all of it has come, or the connection is gone
}

/** Cuts the connection, whatever still comes. */
export function cutSoon(socket: Socket, ms: number): void {
  const cut = setTimeout(() => socket.destroy(), ms).unref();
  socket.once('close', () => clearTimeout(cut));
}
