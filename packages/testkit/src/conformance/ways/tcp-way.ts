import { createServer } from 'node:net';
import { SocketAcceptor } from '../../node/socket-acceptor.ts';
import { listeningWay } from './listening-way.ts';
import type { Way } from './way.ts';

/** TCP on this machine, in real time. */
export function tcpWay(): Way {
  return listeningWay('tcp', () => new SocketAcceptor({ scheme: 'mqtt', serve: (onSocket) => createServer(onSocket) }));
}
