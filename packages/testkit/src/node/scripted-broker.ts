import { createServer } from 'node:net';
import type { Acceptor, Over } from '../script/acceptor.ts';
import {
  scriptedBroker as scriptedBrokerOver,
  type ScriptedBroker,
  type ScriptedBrokerOptions,
} from '../script/scripted-broker.ts';
import { SocketAcceptor } from './socket-acceptor.ts';

/** Where it listens, for what is reached through sockets. */
export interface ListenOptions {
  /** Default 0: one that is free. */
  readonly port?: number | undefined;
  /** Default `127.0.0.1`: this machine only. */
  readonly host?: string | undefined;
}

/** What `over` may also be called here, and what listens then. */
const listeners: Readonly<Record<ListenerName, (options: NodeScriptedBrokerOptions) => Acceptor>> = {
  tcp: ({ listen = {} }) =>
    new SocketAcceptor({ scheme: 'mqtt', serve: (onSocket) => createServer(onSocket), ...listen }),
};

export type ListenerName = 'tcp';

export interface NodeScriptedBrokerOptions extends Omit<ScriptedBrokerOptions, 'over'> {
  /** `'tcp'`: a port, and `broker.url` tells which; or what the `scriptedBroker()` of `@minimq/testkit` takes. */
  readonly over: Over | ListenerName;
  readonly listen?: ListenOptions | undefined;
}

/** The `scriptedBroker()` of `@minimq/testkit`, which also listens on ports. Resolves when clients can connect. */
export function scriptedBroker(options: NodeScriptedBrokerOptions): Promise<ScriptedBroker> {
  const { over, listen: _, ...rest } = options;
  return scriptedBrokerOver({ ...rest, over: typeof over === 'string' ? listeners[over](options) : over });
}
