import type { TlsOptions } from 'node:tls';
import type { Acceptor, Over } from '../script/acceptor.ts';
import {
  scriptedBroker as scriptedBrokerOver,
  type ScriptedBroker,
  type ScriptedBrokerOptions,
} from '../script/scripted-broker.ts';
import { tcpAcceptor, tlsAcceptor, webSocketAcceptor } from './acceptors.ts';
import type { ListenOptions } from './listen-options.ts';
import type { WebSocketOptions } from './web-socket-server.ts';

/** What `over` may also be called here, and what listens then. */
const listeners: Readonly<Record<ListenerName, (options: ScriptListenOptions) => Acceptor>> = {
  tcp: ({ port, host }) => tcpAcceptor({ port, host }),
  tls: ({ port, host, tls }) => tlsAcceptor({ port, host }, tls),
  ws: ({ port, host, webSocket }) => webSocketAcceptor({ port, host }, webSocket),
  wss: ({ port, host, webSocket, tls = {} }) => webSocketAcceptor({ port, host }, webSocket, tls),
};

/** What a scripted broker can listen for by itself. */
export type ListenerName = 'tcp' | 'tls' | 'ws' | 'wss';

export interface ScriptListenOptions extends ListenOptions {
  /**
   * For `'tls'` and `'wss'`: options of `tls.createServer()`. Default certificate: `testCertificates().server` of
   * `@minimq/testkit/certificates`.
   */
  readonly tls?: TlsOptions | undefined;
  /** For `'ws'` and `'wss'`. */
  readonly webSocket?: WebSocketOptions | undefined;
}

export interface NodeScriptedBrokerOptions extends Omit<ScriptedBrokerOptions, 'over'> {
  /** What listens on a port, and `broker.url` tells where; or what the `scriptedBroker()` of `@minimq/testkit` takes. */
  readonly over: Over | ListenerName;
  /** Where `over` listens, if it is one of the names; otherwise without effect. Default: a free port of `127.0.0.1`. */
  readonly listen?: ScriptListenOptions | undefined;
}

/**
 * The `scriptedBroker()` of `@minimq/testkit`, which also listens on ports. Resolves when clients can connect; rejects
 * with the system's error where it cannot have the port.
 */
export function scriptedBroker(options: NodeScriptedBrokerOptions): Promise<ScriptedBroker> {
  const { over, listen = {}, ...rest } = options;
  return scriptedBrokerOver({ ...rest, over: typeof over === 'string' ? listeners[over](listen) : over });
}
