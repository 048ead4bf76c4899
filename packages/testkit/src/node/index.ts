/**
 * What of the testkit needs Node: the in-memory broker on a TCP port.
 *
 * @module
 */
export { listenTcp, type ListenTcpOptions, type TcpListener } from './listen-tcp.ts';
