import type { TlsOptions } from 'node:tls';
import type { MemoryBroker } from '../broker/memory-broker.ts';
import { tcpAcceptor, tlsAcceptor, webSocketAcceptor } from './acceptors.ts';
import { listenOn, type BrokerListener } from './broker-listener.ts';
import type { ListenOptions } from './listen-options.ts';
import type { WebSocketOptions } from './web-socket-server.ts';

/** Lets `broker` serve a TCP port. Rejects with the system's error where it cannot have that port. */
export function listenTcp(broker: MemoryBroker, options: ListenOptions = {}): Promise<BrokerListener> {
  return listenOn(broker, tcpAcceptor(options));
}

/** Options of `tls.createServer()`. Default certificate: `testCertificates().server` of `@minimq/testkit/certificates`. */
export interface ListenTlsOptions extends ListenOptions, TlsOptions {}

/**
 * Lets `broker` serve a TCP port with TLS. Rejects with the system's error where it cannot have that port, and with that
 * of `node:tls` where it cannot use the certificate.
 */
export function listenTls(broker: MemoryBroker, options: ListenTlsOptions = {}): Promise<BrokerListener> {
  const { port, host, ...tls } = options;
  return listenOn(broker, tlsAcceptor({ port, host }, tls));
}

export interface ListenWebSocketOptions extends ListenOptions, WebSocketOptions {
  /** Makes it `wss`: options of `tls.createServer()`, with the same default certificate as `listenTls()`. Default: `ws`. */
  readonly tls?: TlsOptions | undefined;
}

/** Lets `broker` serve WebSockets, at any path of the port. Rejects as `listenTcp()` and `listenTls()` do. */
export function listenWebSocket(broker: MemoryBroker, options: ListenWebSocketOptions = {}): Promise<BrokerListener> {
  const { port, host, tls, ...webSocket } = options;
  return listenOn(broker, webSocketAcceptor({ port, host }, webSocket, tls));
}
