import { TransportError } from '@minimq/core';
import { StreamReader } from '@minimq/transport-node/internal';
import { Buffer } from 'node:buffer';
import type { OnReadOpts } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Spill } from './spill.ts';

/** The most that a TLS record carries, and what Node decrypts at a time. */
const RECORD_BYTES = 16_384;
/** What libuv reads at a time. */
const SYSTEM_READ_BYTES = 65_536;

/**
 * Bytes that are held for the session at most while it does not read. A socket that is told to stand still has read from
 * the system once already, and hands over all of what that decrypts to: 64 KiB, and the record of 16 KiB that was not
 * complete before.
 */
export const SPILL_BYTES_MAX: number = SYSTEM_READ_BYTES + RECORD_BYTES;

/**
 * The reading half of a TLS socket of our own. Node decrypts into one buffer, over and over (`onread`). What nobody waits
 * for goes into the spill, and the socket stands still until that is read; then TCP holds the peer back.
 */
export class TlsReader extends StreamReader {
  /** For `tls.connect`. */
  readonly onread: OnReadOpts;
  readonly #source: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(RECORD_BYTES);
  readonly #spill = new Spill(SPILL_BYTES_MAX);
  #socket: TLSSocket | undefined;

  constructor() {
    super();
    this.onread = { buffer: this.#source, callback: (count) => this.#received(count) };
  }

  /** Once connected. In flowing mode from now on, each later `resume()` only starts the handle again. */
  attach(socket: TLSSocket): void {
    this.#socket = socket;
    socket.resume();
  }

  protected override take(target: Uint8Array<ArrayBuffer>): number {
    return this.#spill.take(target);
  }

  protected override wanted(): void {
    this.#socket?.resume();
  }

  protected override discard(): void {
    this.#spill.clear();
    this.wanted();
  }

  /** Whether to go on reading. */
  #received(count: number): boolean {
    if (this.closed) return true;
    let rest = this.#source.subarray(0, count);
    const { target } = this;
    if (target !== undefined) {
      const taken = rest.subarray(0, target.length);
      target.set(taken);
      rest = rest.subarray(taken.length);
      this.settle(taken.length);
    }
    if (rest.length === 0) return true;
    if (!this.#spill.add(rest)) this.#overflow();
    return false;
  }

  #overflow(): void {
    const message = `More than ${SPILL_BYTES_MAX} bytes came after the stream was told to stand still`;
    this.#socket?.destroy(new TransportError('transport-failed', message));
  }
}
