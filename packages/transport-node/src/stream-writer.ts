import { InvalidRequestError } from '@minimq/core';
import { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import { PendingCount } from './pending.ts';

/**
 * Whether the stream is done with the bytes at its callback (`lent`: a socket's are then the operating system's), or
 * may keep them, as a PassThrough does until they are read at its other end (`copied`: it gets a copy).
 */
export type Ownership = 'lent' | 'copied';

/**
 * The writing half of a stream.
 *
 * A socket tries each write at once, and its bytes are the operating system's before `write()` returns whenever all of
 * them went out; nothing is then left in the stream (`writableLength` is 0) and the answer is a number. Otherwise the
 * stream uses the bytes until its callback, and that is when the answer comes. Not with 'drain': below the high-water
 * mark there is none. A write that failed at once has left nothing in the stream either, but the stream is then no
 * longer `writable`.
 */
export class StreamWriter {
  readonly #stream: Duplex;
  readonly #copies: boolean;
  readonly #pending = new PendingCount();
  #outstanding: Promise<number> | undefined;
  #outstandingBytes = 0;
  // Callbacks come in order, but those of writes answered with a number come later than the answer: counting tells
  // which one belongs to the pending write.
  #submittedCount = 0;
  #completedCount = 0;
  #failure: Error | undefined;

  readonly #onWritten = (error?: Error | null): void => {
    this.#completedCount += 1;
    if (error) this.fail(error);
    // A socket that was destroyed in the middle of a write reports that write as done.
    else if (this.#completedCount === this.#submittedCount && !this.#stream.destroyed) {
      this.#outstanding = undefined;
      this.#pending.resolve(this.#outstandingBytes);
    }
  };

  constructor(stream: Duplex, ownership: Ownership) {
    this.#stream = stream;
    this.#copies = ownership === 'copied';
  }

  get pending(): boolean {
    return this.#pending.active;
  }

  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    if (this.#pending.active) throw new InvalidRequestError('invalid-argument', 'One write at a time');
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const stream = this.#stream;
    this.#submittedCount += 1;
    stream.write(this.#copies ? Buffer.from(bytes) : bytes, this.#onWritten);
    if (stream.writableLength === 0 && stream.writable) return bytes.length;
    this.#outstandingBytes = bytes.length;
    this.#outstanding = this.#pending.start();
    return this.#outstanding;
  }

  /** Writes that were answered with a number have been handed over already. */
  flush(): void | Promise<void> {
    if (this.#outstanding !== undefined) return this.#outstanding.then(ignore);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
  }

  /** Every write from now on rejects with this error, and so does the pending one. The first one stays. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#outstanding = undefined;
    this.#pending.reject(this.#failure);
  }
}

function ignore(): void {}
