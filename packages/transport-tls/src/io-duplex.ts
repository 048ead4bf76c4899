import { TransportError } from '@minimq/core';
import type { Io } from '@minimq/core';
import { Buffer } from 'node:buffer';
import { Duplex } from 'node:stream';

/** A TLS record of the largest kind, with what is around it. */
const READ_BYTES = 16_640;

/** An `Io` in the shape that Node's TLS wants under it. It belongs to the stream, and is closed with it. */
export class IoDuplex extends Duplex {
  readonly #io: Io;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #isReading = false;
  #isEnded = false;

  constructor(io: Io) {
    super({ allowHalfOpen: true });
    this.#io = io;
  }

  override _read(): void {
    if (this.#isReading || this.#isEnded) return;
    this.#isReading = true;
    this.#readOnce().then(
      (count) => {
        this.#isReading = false;
        if (count === 0) this.#end();
        // The stream may keep what it is given; the buffer is ours.
        else if (!this.destroyed) this.push(Buffer.from(this.#buffer.subarray(0, count)));
      },
      (error: Error) => void this.destroy(error),
    );
  }

  override _write(chunk: Buffer<ArrayBuffer>, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#writeAll(chunk).then(
      () => done(),
      (error: Error) => done(error),
    );
  }

  /** An `Io` has no half that could be closed by itself. */
  override _final(done: (error?: Error | null) => void): void {
    this.#close().then(() => {
      this.#end();
      done();
    }, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#close().then(
      () => done(error),
      (closeError: Error) => done(error ?? closeError),
    );
  }

  async #readOnce(): Promise<number> {
    const count = await this.#io.read(this.#buffer);
    return count === 0 ? 0 : counted('read', count, this.#buffer.length);
  }

  async #writeAll(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let start = 0; start < bytes.length;) {
      const rest = bytes.subarray(start);
      start += counted('write', await this.#io.write(rest), rest.length);
    }
    await this.#io.flush();
  }

  async #close(): Promise<void> {
    await this.#io.close();
  }

  #end(): void {
    if (this.#isEnded || this.destroyed) return;
    this.#isEnded = true;
    this.push(null);
  }
}

function counted(operation: string, count: number, max: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= max) return count;
  const message = `${operation}() of the Io answered ${String(count)}; it takes 1 to ${max} bytes here`;
  throw new TransportError('transport-misbehaved', message);
}
