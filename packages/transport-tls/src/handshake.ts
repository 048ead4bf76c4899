import { TransportError } from '@minimq/core';
import type { CloseOptions, ConnectOptions } from '@minimq/transport-node';
import { closeTimer, connectError, connectSocket, StreamWriter } from '@minimq/transport-node/internal';
import type { StreamReader } from '@minimq/transport-node/internal';
import type { OnReadOpts } from 'node:net';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { nodeOptions } from './node-options.ts';
import { checkTlsChoices } from './options.ts';
import type { TlsChoices } from './options.ts';
import { sessionKey } from './session-key.ts';
import { alpnError, handshakeError, streamError } from './tls-error.ts';
import { stateOf, TlsStreamIo } from './tls-io.ts';
import type { TlsIo } from './tls-io.ts';

export interface Handshake {
  readonly host: string;
  /** The peer, as an error message names it. */
  readonly target: string;
  readonly choices: TlsChoices;
  readonly options: ConnectOptions & CloseOptions;
  /** What Node is told besides: where to connect to, or over which stream. */
  readonly over: ConnectionOptions & { readonly allowHalfOpen?: boolean; readonly onread?: OnReadOpts };
  /** A connection of our own is there. */
  readonly onTcp?: (socket: TLSSocket) => void;
  readonly reader: (socket: TLSSocket) => StreamReader;
}

/** Connects a TLS socket, and makes it an `Io`. */
export async function shakeHands(handshake: Handshake): Promise<TlsIo> {
  const { host, target, choices, options, over, onTcp, reader } = handshake;
  checkTlsChoices(choices);
  const closeTimeoutMs = closeTimer(options);
  const { sessions, alpnProtocols } = choices;
  const key = sessionKey(target, choices);
  const session = sessions?.get(key);
  let isShaking = onTcp === undefined;
  let socket: TLSSocket | undefined;

  try {
    return await connectSocket<TLSSocket, TlsIo>({
      target,
      options,
      create() {
        const told = { ...nodeOptions(host, choices), ...over, ...(session === undefined ? {} : { session }) };
        socket = connect(told);
        // Node keeps no ticket for a listener that comes later, and gives none before the server has been verified. With
        // TLS 1.3 they come after the handshake, more than one.
        if (sessions !== undefined) socket.on('session', (ticket) => void sessions.set(key, ticket));
        if (onTcp !== undefined) {
          socket.once('connect', () => {
            isShaking = true;
            onTcp(socket!);
          });
        }
        return socket;
      },
      event: 'secureConnect',
      connected(secured) {
        const state = stateOf(secured, choices);
        if (alpnProtocols !== undefined && state.alpnProtocol === undefined) throw alpnError(target, alpnProtocols);
        const writer = new StreamWriter(secured, 'lent');
        return new TlsStreamIo(state, secured, reader(secured), writer, closeTimeoutMs, (error) =>
          streamError(target, error),
        );
      },
      explain: (error) =>
        isShaking ? handshakeError(target, error, hasFailedVerification(socket)) : connectError(target, error),
      doing: () => (isShaking ? `complete the TLS handshake with ${target}` : `connect to ${target}`),
    });
  } catch (error) {
    // Should the ticket be the reason, the next attempt goes without.
    if (error instanceof TransportError && !error.code.startsWith('connect-')) sessions?.delete(key);
    throw error;
  }
}

function hasFailedVerification(socket: TLSSocket | undefined): boolean {
  return socket !== undefined && Boolean(socket.authorizationError);
}
