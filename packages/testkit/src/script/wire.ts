import type { Io } from '@minimq/core';
import type { Accepted } from './acceptor.ts';

/** What one read takes at most. */
const READ_BYTES_MAX: number = 16 * 1024;

export interface WireListener {
  arrived(bytes: Uint8Array): void;
  /** The client has ended the stream (no error), or it was lost. */
  ended(error: unknown): void;
}

/** The bytes of one connection: reads as they come, writes in order, and can stop, end, or be given away. */
export class Wire {
  readonly #accepted: Accepted;
  readonly #listener: WireListener;
  #isOpen = true;
  #sending: Promise<void> = Promise.resolve();
  #resume: (() => void) | undefined;
  #stalled: Promise<void> | undefined;
  /** The read that is under way; resolves with what it has brought, even where that was an error. */
  #reading: Promise<Uint8Array | { readonly error: unknown }> | undefined;
  #isGiven = false;

  constructor(accepted: Accepted, listener: WireListener) {
    this.#accepted = accepted;
    this.#listener = listener;
  }

  get canHalfClose(): boolean {
    return this.#accepted.halfClose !== undefined;
  }

  start(): void {
    void this.#readOn();
  }

  /** Resolves when the transport has taken all of it; rejects where it never will. */
  send(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const sent = this.#sending.then(async () => {
      for (let count = 0; count < bytes.length;) {
        const taken = await this.#accepted.io.write(bytes.subarray(count));
        if (!(taken >= 1)) throw new Error(`The stream wrote ${taken} of ${bytes.length - count} bytes`);
        count += taken;
      }
    });
    this.#sending = sent.catch(() => {});
    return sent;
  }

  /** Reads nothing until `resume()`; what a read under way brings is held back. */
  stall(): void {
    this.#stalled ??= new Promise((resolve) => (this.#resume = resolve));
  }

  resume(): void {
    this.#resume?.();
    this.#stalled = undefined;
    this.#resume = undefined;
  }

  halfClose(): void {
    this.#accepted.halfClose?.();
  }

  /** Ends it without a word. */
  cut(options: { readonly reset: boolean; readonly error: unknown }): void {
    if (!this.#leave()) return;
    if (this.#accepted.cut === undefined) void this.#close();
    else this.#accepted.cut(options);
  }

  /** Ends it when all that was sent has left. */
  async finish(): Promise<void> {
    if (!this.#leave()) return;
    await this.#sending;
    await this.#close();
  }

  /** Ends it; what the transport has not taken by now is lost. */
  async close(): Promise<void> {
    if (this.#leave()) await this.#close();
  }

  /** Gives the stream away as an Io of its own; the new owner also gets what a read under way brings. */
  give(): Io {
    this.#leave();
    this.#isGiven = true;
    const { io } = this.#accepted;
    let left: Uint8Array | undefined;
    const take = (buffer: Uint8Array<ArrayBuffer>): number => {
      const count = Math.min(buffer.length, left!.length);
      buffer.set(left!.subarray(0, count));
      left = count < left!.length ? left!.subarray(count) : undefined;
      return count;
    };
    return {
      read: (buffer) => {
        if (left !== undefined) return take(buffer);
        const reading = this.#reading;
        if (reading === undefined) return io.read(buffer);
        this.#reading = undefined;
        return reading.then((brought) => {
          if (!(brought instanceof Uint8Array)) throw brought.error;
          left = brought;
          return take(buffer);
        });
      },
      write: (bytes) => io.write(bytes),
      flush: () => io.flush(),
      close: () => io.close(),
    };
  }

  #leave(): boolean {
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    return wasOpen;
  }

  async #close(): Promise<void> {
    try {
      await this.#accepted.io.close();
    } catch {
      // It is gone, one way or another.
    }
  }

  async #readOn(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES_MAX);
    for (;;) {
      this.#reading = this.#read(buffer);
      const brought = await this.#reading;
      await this.#stalled;
      // Whoever has it now takes what this read has brought.
      if (this.#isGiven) return;
      this.#reading = undefined;
      if (!this.#isOpen) return;
      if (brought instanceof Uint8Array && brought.length > 0) {
        this.#listener.arrived(brought);
        continue;
      }
      this.#listener.ended(brought instanceof Uint8Array ? undefined : brought.error);
      await this.close();
      return;
    }
  }

  async #read(buffer: Uint8Array<ArrayBuffer>): Promise<Uint8Array | { readonly error: unknown }> {
    try {
      const count = await this.#accepted.io.read(buffer);
      return buffer.subarray(0, count);
    } catch (error) {
      return { error };
    }
  }
}
