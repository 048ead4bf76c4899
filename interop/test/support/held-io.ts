import type { Io } from '@minimq/core';

/** A stream that the test can hold up in either direction, until the connection is lost. */
export class HeldIo implements Io {
  readonly #io: Io;
  #holdsReads = false;
  #holdsWrites = false;
  #onClose!: () => void;
  readonly #closed = new Promise<0>((resolve) => (this.#onClose = () => resolve(0)));

  constructor(io: Io) {
    this.#io = io;
  }

  /** From now on the session reads nothing that the broker sends. */
  holdReads(): void {
    this.#holdsReads = true;
  }

  /** From now on the broker gets nothing that the session writes. */
  holdWrites(): void {
    this.#holdsWrites = true;
  }

  /** Breaks the stream off, as far as the session can tell, and closes it. */
  async cut(): Promise<void> {
    this.#onClose();
    await this.#io.close();
  }

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number> {
    // Not into the session's buffer: what arrives may have to be held.
    const bytes = new Uint8Array(buffer.length);
    const count = await Promise.race([this.#io.read(bytes), this.#closed]);
    if (this.#holdsReads) return this.#closed;
    buffer.set(bytes.subarray(0, count));
    return count;
  }

  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    return this.#holdsWrites ? this.#closed : this.#io.write(bytes);
  }

  flush(): void | Promise<void> {
    return this.#io.flush();
  }

  close(): Promise<void> {
    return this.cut();
  }
}
