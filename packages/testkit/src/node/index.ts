/**
 * What of the testkit needs Node: brokers, in-memory and scripted, on a port, over TCP, TLS or WebSocket; and a proxy that
 * makes trouble on the way to any broker.
 *
 * @module
 */
export {
  scriptedBroker,
  type ListenerName,
  type NodeScriptedBrokerOptions,
  type ScriptListenOptions,
} from './scripted-broker.ts';
export { SocketAcceptor, type OnSocket, type SocketAcceptorOptions } from './socket-acceptor.ts';
export { listenTcp, listenTls, listenWebSocket, type ListenTlsOptions, type ListenWebSocketOptions } from './listen.ts';
export type { BrokerListener } from './broker-listener.ts';
export type { ListenOptions } from './listen-options.ts';
export { WEB_SOCKET_MESSAGE_BYTES_MAX, type ServerWebSocket, type WebSocketOptions } from './web-socket-server.ts';
export { streamPeer } from './stream-peer.ts';
export {
  faultProxy,
  type FaultProxy,
  type FaultProxyCounts,
  type FaultProxyOptions,
  type ProxyFaults,
} from './fault-proxy.ts';
export type { ProxiedConnection } from './fault-proxy-connection.ts';
