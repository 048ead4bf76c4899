import { InvalidRequestError } from '@minimq/core';
import { Buffer } from 'node:buffer';
import type { OnReadOpts, Socket } from 'node:net';
import { PendingCount } from './pending.ts';
import type { StreamReader } from './stream-io.ts';

/**
 * The reading half of a socket of our own. Node reads into one buffer, over and over (`onread`); what a read does not
 * take stays there, and the socket stands still until all of it is taken. So no more than this one buffer is ever read
 * ahead of the session, and TCP holds the peer back.
 *
 * The copy out of it cannot be saved: Node asks for the next buffer right after each read, when the caller has not
 * named it yet.
 */
export class SocketReader implements StreamReader {
  /** For the socket's constructor. */
  readonly onread: OnReadOpts;
  readonly #source: Buffer<ArrayBuffer>;
  readonly #pending = new PendingCount();
  #socket: Socket | undefined;
  /** Unread bytes: from `#start` to `#end` of `#source`. */
  #start = 0;
  #end = 0;
  /** The pending read's. */
  #target: Uint8Array<ArrayBuffer> | undefined;
  #standing = false;
  #ended = false;
  #closed = false;
  #failure: Error | undefined;

  constructor(bufferBytes: number) {
    this.#source = Buffer.allocUnsafeSlow(bufferBytes);
    this.onread = { buffer: this.#source, callback: (count) => this.#received(count) };
  }

  /** Once connected. In flowing mode from now on, each later `resume()` only starts the handle again. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.resume();
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    if (this.#target !== undefined) throw new InvalidRequestError('invalid-argument', 'One read at a time');
    if (this.#start < this.#end) return this.#take(buffer);
    if (this.#ended) return 0;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#target = buffer;
    this.#go();
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
    this.#start = this.#end;
    this.#settle(0);
    this.#go();
  }

  /** Whether to go on reading: where nobody waits, this one buffer is kept for the next read. */
  #received(count: number): boolean {
    if (this.#closed) return true;
    this.#start = 0;
    this.#end = count;
    if (this.#target !== undefined) this.#settle(this.#take(this.#target));
    this.#standing = this.#start < this.#end;
    return !this.#standing;
  }

  #take(target: Uint8Array<ArrayBuffer>): number {
    const count = Math.min(this.#end - this.#start, target.length);
    target.set(this.#source.subarray(this.#start, this.#start + count));
    this.#start += count;
    return count;
  }

  #settle(count: number): void {
    this.#target = undefined;
    this.#pending.resolve(count);
  }

  #go(): void {
    if (!this.#standing) return;
    this.#standing = false;
    this.#socket?.resume();
  }
}
