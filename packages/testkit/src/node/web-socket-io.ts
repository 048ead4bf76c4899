import { Buffer } from 'node:buffer';
import type { Io } from '@minimq/core';
import type { RawData, WebSocket } from 'ws';
import { LINGER_MS } from './socket-io.ts';
import { WaitingRead } from './waiting-read.ts';

/** Bytes from which on no more are taken from the peer; what one read of the socket brought still comes. */
const HELD_BYTES_MAX: number = 64 * 1024;
/** Bytes on their way out from which on a ping gets no answer; the answer to a later one stands for it. */
const PONG_BUFFERED_BYTES_MAX: number = 64 * 1024;
const OPEN = 1;
const CLOSED = 3;
const CLOSE_NORMAL = 1000;
const CLOSE_UNSUPPORTED_DATA = 1003;
const CLOSE_ABNORMAL = 1006;

export interface WebSocketIoOptions {
  /** Bytes in a frame at most. Default: what is written at once. */
  readonly frameBytesMax?: number | undefined;
  readonly lingerMs?: number | undefined;
}

/**
 * An accepted WebSocket as the byte stream under a broker's connection: what its binary frames carry, wherever they
 * begin and end [MQTT-6.0.0-2]. Where nobody reads, it holds `HELD_BYTES_MAX` and what was on its way then (64 KiB at
 * most, and the message that is coming in); writes wait until the system has taken them.
 */
export class WebSocketIo implements Io {
  readonly #webSocket: WebSocket;
  readonly #frameBytesMax: number;
  readonly #lingerMs: number;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  readonly #waiting = new WaitingRead((buffer) => this.#tryRead(buffer));
  #error: Error | undefined;
  #hasEnded = false;
  #isClosed = false;

  constructor(webSocket: WebSocket, options: WebSocketIoOptions = {}) {
    this.#webSocket = webSocket;
    this.#frameBytesMax = options.frameBytesMax ?? Infinity;
    this.#lingerMs = options.lingerMs ?? LINGER_MS;
    webSocket.on('message', (data, isBinary) => this.#arrived(data, isBinary));
    webSocket.on('ping', (data) => {
      if (webSocket.bufferedAmount < PONG_BUFFERED_BYTES_MAX) webSocket.pong(data, false, () => {});
    });
    webSocket.on('error', (error) => {
      this.#error ??= error;
      this.#waiting.retry();
    });
    webSocket.on('close', (code) => {
      this.#hasEnded = true;
      if (code === CLOSE_ABNORMAL) this.#error ??= new Error('The WebSocket has ended without a Close frame');
      this.#waiting.retry();
    });
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    return this.#waiting.read(buffer);
  }

  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    const webSocket = this.#webSocket;
    if (this.#isClosed || webSocket.readyState !== OPEN) {
      throw this.#error ?? new Error('The WebSocket has been closed');
    }
    const frame = bytes.length > this.#frameBytesMax ? bytes.subarray(0, this.#frameBytesMax) : bytes;
    let settle: ((error: Error | null | undefined) => void) | undefined;
    // A copy: what still waits when the stream is closed goes out later, and the caller has its bytes back by then.
    webSocket.send(Buffer.from(frame), { binary: true }, (error) => settle?.(error));
    // Nothing is left in Node's hands, so the system has all of it.
    if (webSocket.bufferedAmount === 0) return frame.length;
    return new Promise((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve(frame.length));
    });
  }

  /** A write that has settled is with the system already. */
  flush(): void {}

  close(): Promise<void> {
    const webSocket = this.#webSocket;
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#held = [];
      this.#waiting.retry();
      const timer = setTimeout(() => webSocket.terminate(), this.#lingerMs);
      timer.unref();
      webSocket.once('close', () => clearTimeout(timer));
      webSocket.close(CLOSE_NORMAL);
      // Taking in what the peer still sends lets its Close frame arrive.
      webSocket.resume();
    }
    return new Promise((resolve) => {
      if (webSocket.readyState === CLOSED) resolve();
      else webSocket.once('close', () => resolve());
    });
  }

  #arrived(data: RawData, isBinary: boolean): void {
    if (this.#isClosed || this.#error !== undefined) return;
    if (!isBinary) {
      this.#error = new Error('A data frame of another type than binary came [MQTT-6.0.0-1]');
      this.#webSocket.close(CLOSE_UNSUPPORTED_DATA, 'MQTT goes in binary frames');
      this.#waiting.retry();
      return;
    }
    const bytes = data as Buffer;
    // An empty frame is allowed, and carries nothing.
    if (bytes.length === 0) return;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= HELD_BYTES_MAX) this.#webSocket.pause();
    this.#waiting.retry();
  }

  /** Fills the buffer from as many frames as it takes; undefined where there is nothing yet. */
  #tryRead(buffer: Uint8Array<ArrayBuffer>): number | undefined {
    if (this.#isClosed) return 0;
    let count = 0;
    let used = 0;
    for (const bytes of this.#held) {
      const part = bytes.subarray(0, buffer.length - count);
      buffer.set(part, count);
      count += part.length;
      if (part.length < bytes.length) {
        this.#held[used] = bytes.subarray(part.length);
        break;
      }
      used += 1;
    }
    if (count === 0) {
      if (this.#error !== undefined) throw this.#error;
      return this.#hasEnded ? 0 : undefined;
    }
    this.#held.splice(0, used);
    this.#heldBytes -= count;
    if (this.#heldBytes < HELD_BYTES_MAX) this.#webSocket.resume();
    return count;
  }
}
