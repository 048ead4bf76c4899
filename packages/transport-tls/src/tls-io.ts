import type { Io } from '@minimq/core';
import { StreamIo } from '@minimq/transport-node/internal';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { canHoldPeerBack } from './inbound-flow.ts';
import type { TlsChoices } from './options.ts';

/** What the handshake has come to. */
export interface TlsState {
  /** `'TLSv1.3'`, for example. */
  readonly protocol: string;
  /** The cipher, by the name that the standard gives it. */
  readonly cipher: string;
  /** The one of `alpnProtocols` that the server has chosen. */
  readonly alpnProtocol: string | undefined;
  /** Whether a session out of `sessions` was resumed; no certificates were exchanged then. */
  readonly isSessionReused: boolean;
  /** Whether the server had to prove who it is, and has. Always false with `dangerouslyAcceptAnyCertificate`. */
  readonly isAuthorized: boolean;
}

/** An `Io` over TLS. */
export interface TlsIo extends Io {
  readonly tls: TlsState;
}

/** A connected TLS socket as an `Io`. */
export class TlsStreamIo extends StreamIo implements TlsIo {
  readonly tls: TlsState;
  declare readonly inboundFlowControl?: 'none';

  readonly #under: Duplex | undefined;
  #closing: Promise<void> | undefined;

  /** `under`: the stream that TLS is inside of, where that is not a connection of our own. */
  constructor(tls: TlsState, under: Duplex | undefined, ...parts: ConstructorParameters<typeof StreamIo>) {
    super(...parts);
    this.tls = tls;
    this.#under = under;
    if (!canHoldPeerBack()) this.inboundFlowControl = 'none';
  }

  /** A stream that was destroyed just now tells its error a turn later, and Node 20 crashes if TLS is gone by then. */
  override close(): Promise<void> {
    this.#closing ??= this.#under?.destroyed === true ? nextTurn().then(() => super.close()) : super.close();
    return this.#closing;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function stateOf(socket: TLSSocket, choices: TlsChoices): TlsState {
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    alpnProtocol: socket.alpnProtocol || undefined,
    isSessionReused: socket.isSessionReused(),
    // Where a session is resumed, Node takes the host for checked.
    isAuthorized: socket.authorized && choices.dangerouslyAcceptAnyCertificate !== true,
  };
}
