import { InvalidRequestError, TransportError } from '@minimq/core';
import type { Duplex } from 'node:stream';
import { PendingCount } from './pending.ts';
import type { StreamReader } from './stream-io.ts';

/**
 * The reading half of any Duplex, in paused mode: the stream reads ahead up to its own `highWaterMark` and then stands
 * still; a read takes out of that what fits.
 */
export class DuplexReader implements StreamReader {
  readonly #stream: Duplex;
  readonly #pending = new PendingCount();
  /** The pending read's. */
  #target: Uint8Array<ArrayBuffer> | undefined;
  #ended = false;
  #closed = false;
  #failure: Error | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    // Of a stream that is past these events already, they do not come again.
    if (stream.readableEnded) this.#ended = true;
    else if (stream.destroyed) {
      this.#failure = stream.errored ?? new TransportError('transport-failed', 'The stream was destroyed');
    }
    stream.on('readable', () => this.#onReadable());
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    if (this.#target !== undefined) throw new InvalidRequestError('invalid-argument', 'One read at a time');
    if (this.#ended) return 0;
    const count = this.#take(buffer);
    if (count > 0) return count;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#target = buffer;
    return this.#pending.start();
  }

  end(): void {
    this.#ended ||= !this.#closed;
    this.#settle(0);
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#target = undefined;
    this.#pending.reject(this.#failure);
  }

  close(): void {
    this.#closed = true;
    this.#settle(0);
    this.#discard();
  }

  #onReadable(): void {
    if (this.#closed) {
      this.#discard();
      return;
    }
    if (this.#target === undefined) return;
    const count = this.#take(this.#target);
    if (count > 0) this.#settle(count);
  }

  /** 0 where there is nothing yet; at the end of the stream, asking makes it say so. */
  #take(target: Uint8Array<ArrayBuffer>): number {
    const stream = this.#stream;
    if (stream.readableLength === 0) stream.read(0);
    const count = Math.min(stream.readableLength, target.length);
    const chunk = count === 0 ? null : (stream.read(count) as Uint8Array | null);
    if (chunk === null) return 0;
    target.set(chunk);
    return chunk.length;
  }

  #discard(): void {
    while (this.#stream.read() !== null);
  }

  #settle(count: number): void {
    this.#target = undefined;
    this.#pending.resolve(count);
  }
}
