import { InvalidRequestError } from '@minimq/core';
import { PendingCount } from './pending.ts';

/**
 * The reading half of a stream: who waits for bytes, and how the stream ended. What has arrived is read before its end is
 * told. A subclass knows where the bytes are.
 */
export abstract class StreamReader {
  readonly #pending = new PendingCount();
  #target: Uint8Array<ArrayBuffer> | undefined;
  #ended = false;
  #closed = false;
  #failure: Error | undefined;

  /** The pending read's buffer. */
  protected get target(): Uint8Array<ArrayBuffer> | undefined {
    return this.#target;
  }

  protected get closed(): boolean {
    return this.#closed;
  }

  /** Moves what has arrived into `target`, as much as fits; 0 where there is nothing. Not called once closed. */
  protected abstract take(target: Uint8Array<ArrayBuffer>): number;
  /** A read has begun to wait. */
  protected abstract wanted(): void;
  /** Forgets what has arrived, and lets what still comes come. */
  protected abstract discard(): void;

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    if (this.#target !== undefined) throw new InvalidRequestError('invalid-argument', 'One read at a time');
    const count = this.#closed ? 0 : this.take(buffer);
    if (count > 0 || this.#ended) return count;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#target = buffer;
    this.wanted();
    return this.#pending.start();
  }

  /** The peer has ended its stream: once what has arrived is read, every read says so. */
  end(): void {
    this.#ended ||= !this.#closed;
    this.settle(0);
  }

  /** Once what has arrived is read, every read rejects with this error. The first one stays. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#target = undefined;
    this.#pending.reject(this.#failure);
  }

  /** Answers a pending read with 0, forgets its buffer, and throws away what arrives from now on. */
  close(): void {
    this.#closed = true;
    this.settle(0);
    this.discard();
  }

  /** Answers the pending read, if there is one. */
  protected settle(count: number): void {
    this.#target = undefined;
    this.#pending.resolve(count);
  }
}
