import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { resetSocket } from '../../src/node/reset-socket.ts';

/** Both ends of a connection. */
async function connection(): Promise<{ readonly socket: Socket; readonly peer: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    peer.destroy();
    server.close();
  });
  return { socket, peer };
}

it('lets the peer know of a reset', async () => {
  const { socket, peer } = await connection();
  const failed = once(peer, 'error');
  resetSocket(socket);
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
});

it('closes a socket whose end is on its way', async () => {
  const { socket, peer } = await connection();
  peer.resume();
  const closed = once(socket, 'close');
  const ended = once(peer, 'end');
  socket.end();
  resetSocket(socket);
  await closed;
  await ended;
});
