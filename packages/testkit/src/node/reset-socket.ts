import type { Socket } from 'node:net';

/**
 * Resets the connection, so that its peer gets ECONNRESET. Where our end of it is on its way to the system, Node can not:
 * the socket would never be closed, and no event would say so. It is destroyed then.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
