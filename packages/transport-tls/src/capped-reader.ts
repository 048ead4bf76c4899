import { TransportError } from '@minimq/core';
import { StreamReader } from '@minimq/transport-node/internal';
import type { Duplex } from 'node:stream';
import { Spill } from './spill.ts';

/**
 * The reading half of a stream that cannot be told to stand still. It is taken from as it comes, so that nothing piles up
 * in the stream itself, and what nobody waits for is held up to a cap.
 */
export class CappedReader extends StreamReader {
  readonly #stream: Duplex;
  readonly #maxBytes: number;
  readonly #spill: Spill;

  constructor(stream: Duplex, inboundBytesMax: number) {
    super();
    this.#stream = stream;
    this.#maxBytes = inboundBytesMax;
    this.#spill = new Spill(inboundBytesMax);
    stream.on('data', (chunk: Uint8Array) => this.#received(chunk));
  }

  protected override take(target: Uint8Array<ArrayBuffer>): number {
    return this.#spill.take(target);
  }

  /** It comes by itself. */
  protected override wanted(): void {}

  protected override discard(): void {
    this.#spill.clear();
  }

  #received(chunk: Uint8Array): void {
    if (this.closed) return;
    const { target } = this;
    const taken = target === undefined ? 0 : Math.min(chunk.length, target.length);
    if (target !== undefined && taken > 0) {
      target.set(chunk.subarray(0, taken));
      this.settle(taken);
    }
    if (taken === chunk.length || this.#spill.add(chunk.subarray(taken))) return;
    const message =
      `More than inboundBytesMax (${this.#maxBytes}) bytes have arrived unread: ` +
      'this runtime cannot hold a server back over TLS';
    this.#stream.destroy(new TransportError('transport-failed', message));
  }
}
