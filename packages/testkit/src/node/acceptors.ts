import { createServer } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { ListenOptions } from './listen-options.ts';
import { SocketAcceptor } from './socket-acceptor.ts';
import { withCertificate } from './tls-certificate.ts';
import { serveWebSocket, type WebSocketOptions } from './web-socket-server.ts';

// What listens: one for each kind of connection, for brokers of both kinds.

export function tcpAcceptor(listen: ListenOptions = {}): SocketAcceptor {
  return new SocketAcceptor({ scheme: 'mqtt', serve: (onSocket) => createServer(onSocket), ...listen });
}

export function tlsAcceptor(listen: ListenOptions = {}, tls: TlsOptions = {}): SocketAcceptor {
  return new SocketAcceptor({
    scheme: 'mqtts',
    serve: async (onSocket) => createTlsServer(await withCertificate(tls), onSocket),
    ...listen,
  });
}

/** Without `tls`: not encrypted. */
export function webSocketAcceptor(
  listen: ListenOptions = {},
  webSocket: WebSocketOptions = {},
  tls?: TlsOptions,
): SocketAcceptor {
  return new SocketAcceptor({
    scheme: tls === undefined ? 'ws' : 'wss',
    serve: async (onSocket) => serveWebSocket(onSocket, webSocket, tls && (await withCertificate(tls))),
    ...listen,
  });
}
