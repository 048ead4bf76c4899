import { TransportError } from '@minimq/core';
import { StreamWriter } from '@minimq/transport-node/internal';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/**
 * The writing half of TLS inside a stream. Nothing is written once that stream is destroyed, which TLS learns a turn
 * later: Node 20 would crash.
 */
export class WrappedWriter extends StreamWriter {
  readonly #under: Duplex;

  constructor(socket: TLSSocket, under: Duplex) {
    super(socket, 'lent');
    this.#under = under;
  }

  override write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    if (this.#under.destroyed) {
      this.fail(this.#under.errored ?? new TransportError('transport-failed', 'The stream under TLS was destroyed'));
    }
    return super.write(bytes);
  }
}
