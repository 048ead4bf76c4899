/**
 * What of the testkit needs Node: brokers, in-memory and scripted, on a TCP port.
 *
 * @module
 */
export {
  scriptedBroker,
  type ListenerName,
  type ListenOptions,
  type NodeScriptedBrokerOptions,
} from './scripted-broker.ts';
export { SocketAcceptor, type SocketAcceptorOptions } from './socket-acceptor.ts';
export { listenTcp, type ListenTcpOptions, type TcpListener } from './listen-tcp.ts';
