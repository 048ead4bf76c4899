import { TransportError } from '@minimq/core';
import type { CloseOptions, ConnectOptions } from '@minimq/transport-node';
import { closeTimer, connectError, connectSocket } from '@minimq/transport-node/internal';
import type { StreamReader, StreamWriter } from '@minimq/transport-node/internal';
import type { OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { nodeOptions } from './node-options.ts';
import { checkTlsChoices } from './options.ts';
import type { TlsChoices } from './options.ts';
import { TicketStore } from './ticket-store.ts';
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
  /** The stream that TLS is put inside of. */
  readonly under?: Duplex;
  /** A connection of our own is there. */
  readonly onTcp?: (socket: TLSSocket) => void;
  readonly reader: (socket: TLSSocket) => StreamReader;
  readonly writer: (socket: TLSSocket) => StreamWriter;
}

/** Connects a TLS socket, and makes it an `Io`. */
export async function shakeHands(handshake: Handshake): Promise<TlsIo> {
  const { host, target, choices, options, over, under, onTcp, reader, writer } = handshake;
  checkTlsChoices(choices);
  const closeTimeoutMs = closeTimer(options);
  const { sessions, alpnProtocols } = choices;
  const tickets = sessions && new TicketStore(sessions, target, choices);
  const session = tickets?.get();
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
        if (tickets !== undefined) socket.on('session', (ticket) => tickets.set(ticket));
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
        const explain = (error: Error): Error => streamError(target, error);
        return new TlsStreamIo(state, under, secured, reader(secured), writer(secured), closeTimeoutMs, explain);
      },
      explain: (error) =>
        isShaking ? handshakeError(target, error, hasFailedVerification(socket)) : connectError(target, error),
      doing: () => (isShaking ? `complete the TLS handshake with ${target}` : `connect to ${target}`),
    });
  } catch (error) {
    // Should the ticket be the reason, the next attempt goes without.
    if (error instanceof TransportError && !error.code.startsWith('connect-')) tickets?.forget();
    throw error;
  }
}

function hasFailedVerification(socket: TLSSocket | undefined): boolean {
  return socket !== undefined && Boolean(socket.authorizationError);
}
