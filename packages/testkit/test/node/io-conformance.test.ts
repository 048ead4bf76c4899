import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { ioConformance, type IoPair } from '@minimq/testkit';
import { streamPeer } from '@minimq/testkit/node';
import { describeCases } from '@minimq/testkit/vitest';
import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws';
import { SocketIo } from '../../src/node/socket-io.ts';
import { WebSocketIo } from '../../src/node/web-socket-io.ts';
import { atEnd } from './closing.ts';

// The streams under our own brokers keep the contract that they are used to judge others by.

const HOST = '127.0.0.1';
/** For the cases in which the peer is slower to close than a program would wait. */
const LINGER_MS = 100;
/** More than two sockets of one machine hold, and as little as that allows. */
const limits = { inTransitMaxBytes: 12 * 1024 * 1024, volumeBytes: 14 * 1024 * 1024, limitMs: 20_000 };

async function openSocket(): Promise<IoPair> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const accepting = once(server, 'connection') as Promise<[Socket]>;
  const peer = connect({ host: HOST, port: (server.address() as AddressInfo).port, allowHalfOpen: true });
  const [socket] = await accepting;
  atEnd(() => {
    peer.destroy();
    socket.destroy();
    server.close();
  });
  return { io: new SocketIo(socket, LINGER_MS), peer: streamPeer(peer) };
}

async function openWebSocket(): Promise<IoPair> {
  const server = new WebSocketServer({ host: HOST, port: 0, autoPong: false, perMessageDeflate: false });
  await once(server, 'listening');
  const accepting = once(server, 'connection') as Promise<[WebSocket]>;
  const peer = new WebSocket(`ws://${HOST}:${(server.address() as AddressInfo).port}`);
  const stream = createWebSocketStream(peer);
  const [webSocket] = await accepting;
  const io = new WebSocketIo(webSocket, { lingerMs: LINGER_MS });
  await once(peer, 'open');
  atEnd(() => {
    peer.terminate();
    webSocket.terminate();
    server.close();
  });
  // The end of the stream would wait for the answer to the Close frame.
  return { io, peer: { ...streamPeer(stream), end: () => peer.close(1000) } };
}

describeCases('SocketIo', ioConformance({ name: 'SocketIo', open: openSocket, ...limits }));
describeCases('WebSocketIo', ioConformance({ name: 'WebSocketIo', open: openWebSocket, ...limits }));
