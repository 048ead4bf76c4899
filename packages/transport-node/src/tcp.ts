import type { Io } from '@minimq/core';
import type { TcpNetConnectOpts } from 'node:net';
import { integer } from './options.ts';
import type { SocketOptions } from './options.ts';
import { connectIo } from './socket-io.ts';
import type { SocketRequest } from './socket-io.ts';

/**
 * Where and how to connect. `host` (default `'localhost'`), `port`, `localAddress`, `localPort`, `family`, `hints`,
 * `lookup`, `noDelay`, `keepAlive`, `keepAliveInitialDelay`, `autoSelectFamily`, `autoSelectFamilyAttemptTimeout` and
 * whatever else the running Node knows mean what they mean to `net.connect`. Two have our own defaults: `noDelay` is
 * true, because a session gathers its packets itself, and `autoSelectFamily` is true, so that IPv6 and IPv4 addresses
 * race each other.
 */
export interface TcpOptions
  extends
    SocketOptions,
    Omit<TcpNetConnectOpts, 'allowHalfOpen' | 'fd' | 'onread' | 'readable' | 'signal' | 'timeout' | 'writable'> {}

const PORT_MAX = 65_535;

/**
 * Opens a TCP connection. Resolves once it is established.
 *
 * Rejects with a `TransportError`: `connect-failed`, with Node's error as `cause` (an `AggregateError` where several
 * addresses were tried), or `connect-timeout`; with `signal.reason` itself where the signal ended it; with an
 * `InvalidRequestError` (`invalid-argument`) where the options cannot work. Whatever the outcome, nothing is left open.
 */
export async function connectTcp(options: TcpOptions): Promise<Io> {
  return connectIo(tcpRequest(options));
}

/** Checks where to connect to, fills in the defaults, and parts Node's options from ours. */
export function tcpRequest(options: TcpOptions): SocketRequest & { readonly net: TcpNetConnectOpts } {
  const { connectTimeoutMs, closeTimeoutMs, readBufferBytes, signal, ...net } = options;
  const port = integer('port', net.port, 1, PORT_MAX);
  const host = net.host ?? 'localhost';
  return {
    net: { ...net, host, noDelay: net.noDelay ?? true, autoSelectFamily: net.autoSelectFamily ?? true },
    target: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    options: { connectTimeoutMs, closeTimeoutMs, readBufferBytes, signal },
  };
}
