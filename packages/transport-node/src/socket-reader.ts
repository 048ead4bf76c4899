import { Buffer } from 'node:buffer';
import type { OnReadOpts, Socket } from 'node:net';
import { StreamReader } from './stream-reader.ts';

/**
 * The reading half of a socket of our own. Node reads into one buffer, over and over (`onread`); what a read does not
 * take stays there, and the socket stands still until all of it is taken. So no more than this one buffer is ever read
 * ahead of the session, and TCP holds the peer back.
 *
 * The copy out of it cannot be saved: Node asks for the next buffer right after each read, when the caller has not
 * named it yet.
 */
export class SocketReader extends StreamReader {
  /** For the socket's constructor. */
  readonly onread: OnReadOpts;
  readonly #source: Buffer<ArrayBuffer>;
  #socket: Socket | undefined;
  /** Unread bytes: from `#start` to `#end` of `#source`. */
  #start = 0;
  #end = 0;
  #standing = false;

  constructor(bufferBytes: number) {
    super();
    this.#source = Buffer.allocUnsafeSlow(bufferBytes);
    this.onread = { buffer: this.#source, callback: (count) => this.#received(count) };
  }

  /** Once connected. In flowing mode from now on, each later `resume()` only starts the handle again. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.resume();
  }

  protected override take(target: Uint8Array<ArrayBuffer>): number {
    const count = Math.min(this.#end - this.#start, target.length);
    if (count === 0) return 0;
    target.set(this.#source.subarray(this.#start, this.#start + count));
    this.#start += count;
    return count;
  }

  protected override wanted(): void {
    if (!this.#standing) return;
    this.#standing = false;
    this.#socket?.resume();
  }

  protected override discard(): void {
    this.#start = this.#end;
    this.wanted();
  }

  /** Whether to go on reading: where nobody waits, this one buffer is kept for the next read. */
  #received(count: number): boolean {
    if (this.closed) return true;
    this.#start = 0;
    this.#end = count;
    if (this.target !== undefined) this.settle(this.take(this.target));
    this.#standing = this.#start < this.#end;
    return !this.#standing;
  }
}
