import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import type { Io } from '@minimq/core';
import { WaitingRead } from './waiting-read.ts';

/** How long a closed socket still takes in what is under way, so that a reset does not overtake our last bytes. */
export const LINGER_MS = 1_000;

/**
 * An accepted socket as the byte stream under a broker's connection. Where nobody reads, Node holds back one
 * `readableHighWaterMark` (64 KiB) and then leaves the rest to the peer; writes wait until the system has taken them.
 */
export class SocketIo implements Io {
  readonly #socket: Socket;
  readonly #lingerMs: number;
  readonly #waiting = new WaitingRead((buffer) => this.#tryRead(buffer));
  #error: Error | undefined;
  #isClosed = false;

  constructor(socket: Socket, lingerMs: number = LINGER_MS) {
    this.#socket = socket;
    this.#lingerMs = lingerMs;
    socket.setNoDelay(true);
    socket.on('readable', () => this.#waiting.retry());
    socket.on('end', () => this.#waiting.retry());
    socket.on('close', () => this.#waiting.retry());
    socket.on('error', (error) => {
      this.#error = error;
      this.#waiting.retry();
    });
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    return this.#waiting.read(buffer);
  }

  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    const socket = this.#socket;
    if (this.#isClosed || !socket.writable) throw this.#error ?? new Error('The socket has been closed');
    let settle: ((error: Error | null | undefined) => void) | undefined;
    // A copy: what still waits when the stream is closed goes out later, and the caller has its bytes back by then.
    socket.write(Buffer.from(bytes), (error) => settle?.(error));
    // Nothing is left in Node's hands, so the system has all of it.
    if (socket.writableLength === 0) return bytes.length;
    return new Promise((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve(bytes.length));
    });
  }

  /** A write that has settled is with the system already. */
  flush(): void {}

  close(): Promise<void> {
    const socket = this.#socket;
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#waiting.retry();
      const timer = setTimeout(() => socket.destroy(), this.#lingerMs);
      timer.unref();
      socket.once('close', () => clearTimeout(timer));
      socket.once('end', () => socket.destroy());
      socket.end();
      // Taking in what the peer still sends lets its end arrive.
      socket.removeAllListeners('readable');
      socket.resume();
    }
    return new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));
  }

  #tryRead(buffer: Uint8Array<ArrayBuffer>): number | undefined {
    if (this.#isClosed) return 0;
    if (this.#error !== undefined) throw this.#error;
    const socket = this.#socket;
    // Reading where there is nothing lets the end of the stream come up.
    const chunk = socket.read(Math.min(buffer.length, socket.readableLength)) as Buffer | null;
    if (chunk === null) return socket.readableEnded || socket.destroyed ? 0 : undefined;
    buffer.set(chunk);
    return chunk.length;
  }
}
