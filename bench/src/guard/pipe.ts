import type { Io } from '@minimq/core';
import type { Wire } from '../wire/wire.ts';

/** More than all that is under way at any time. */
const STORE_BYTES = 4 * 1024 * 1024;
/** What a read brings at most, as from a socket. */
const READ_BYTES_MAX = 64 * 1024;

/** Bytes that were sent and not taken yet, in memory of a fixed size. */
class Store {
  readonly #bytes = new Uint8Array(STORE_BYTES);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  put(bytes: Uint8Array): void {
    if (this.#end + bytes.length > STORE_BYTES) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Good until the next `put`. */
  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#start, this.#start + count);
    this.#start += count;
    if (this.#start === this.#end) this.#start = this.#end = 0;
    return taken;
  }
}

/**
 * A session's stream and the peer's, joined in memory and counted. What is written reaches the other side with the next
 * turn of the event loop, so that every run makes the same calls.
 */
export class Pipe {
  reads = 0;
  writes = 0;
  readonly io: Io;
  readonly wire: Wire;
  readonly #toPeer = new Store();
  readonly #toSession = new Store();
  #isScheduled = false;
  #reader: { readonly buffer: Uint8Array; readonly resolve: (count: number) => void } | null = null;
  #written: (() => void) | null = null;
  #isClosed = false;

  constructor() {
    this.io = {
      read: (buffer) => this.#read(buffer),
      write: (bytes) => this.#write(bytes),
      flush() {},
      close: () => this.#close(),
    };
    this.wire = {
      onBytes() {},
      onClose() {},
      isDrained: true,
      send: (bytes, written) => this.#send(bytes, written),
      stopReading() {},
      close: () => this.#close(),
    };
  }

  #read(buffer: Uint8Array): number | Promise<number> {
    if (this.#toSession.length > 0) return this.#fill(buffer);
    if (this.#isClosed) return 0;
    return new Promise((resolve) => {
      this.#reader = { buffer, resolve };
    });
  }

  #fill(buffer: Uint8Array): number {
    this.reads++;
    const count = Math.min(this.#toSession.length, buffer.length, READ_BYTES_MAX);
    buffer.set(this.#toSession.take(count));
    if (this.#toSession.length === 0 && this.#written !== null) {
      const written = this.#written;
      this.#written = null;
      written();
    }
    return count;
  }

  #write(bytes: Uint8Array): number {
    this.writes++;
    this.#toPeer.put(bytes);
    this.#schedule();
    return bytes.length;
  }

  #send(bytes: Uint8Array, written?: () => void): void {
    if (this.#isClosed) return;
    this.#toSession.put(bytes);
    if (written !== undefined) this.#written = written;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#toPeer.length > 0) this.wire.onBytes(this.#toPeer.take(this.#toPeer.length));
      const reader = this.#reader;
      if (reader === null || this.#toSession.length === 0) return;
      this.#reader = null;
      reader.resolve(this.#fill(reader.buffer));
    });
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reader?.resolve(0);
    this.#reader = null;
    this.wire.onClose();
  }
}
