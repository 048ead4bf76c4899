import { TransportError } from '@minimq/core';
import type { Duplex } from 'node:stream';
import { StreamReader } from './stream-reader.ts';

/**
 * The reading half of any Duplex, in paused mode: the stream reads ahead up to its own `highWaterMark` and then stands
 * still; a read takes out of that what fits.
 */
export class DuplexReader extends StreamReader {
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    super();
    this.#stream = stream;
    // Of a stream that is past these events already, they do not come again.
    if (stream.readableEnded) this.end();
    else if (stream.destroyed) {
      this.fail(stream.errored ?? new TransportError('transport-failed', 'The stream was destroyed'));
    }
    stream.on('readable', () => this.#onReadable());
  }

  /** At the end of the stream, asking makes it say so. */
  protected override take(target: Uint8Array<ArrayBuffer>): number {
    const stream = this.#stream;
    if (stream.readableLength === 0) stream.read(0);
    const count = Math.min(stream.readableLength, target.length);
    const chunk = count === 0 ? null : (stream.read(count) as Uint8Array | null);
    if (chunk === null) return 0;
    target.set(chunk);
    return chunk.length;
  }

  /** `take` has asked the stream for more. */
  protected override wanted(): void {}

  protected override discard(): void {
    while (this.#stream.read() !== null);
  }

  #onReadable(): void {
    if (this.closed) {
      this.discard();
      return;
    }
    if (this.target === undefined) return;
    const count = this.take(this.target);
    if (count > 0) this.settle(count);
  }
}
