import { TransportError } from '@minimq/core';
import type { Io } from '@minimq/core';
import { closeError } from './close-error.ts';
import { Inbox } from './inbox.ts';
import { invalid } from './options.ts';
import type { WebSocketRequest } from './options.ts';

/** What one frame carries at most: platforms copy a frame to send it, and this bounds the copy. */
const FRAME_BYTES_MAX = 65_536;

/** A WebSocket as an `Io`, but for what each platform does in its own way. */
export abstract class WebSocketIo implements Io {
  readonly #inbox = new Inbox();
  readonly #closeTimeoutMs: number | undefined;
  /** The pending write. */
  #outstanding: Promise<number> | undefined;
  #rejectWrite: ((error: Error) => void) | undefined;
  #failure: Error | undefined;
  #gone = false;
  #onGone: (() => void) | undefined;
  #shutting: Promise<void> | undefined;

  constructor({ closeTimeoutMs }: WebSocketRequest) {
    this.#closeTimeoutMs = closeTimeoutMs;
  }

  /** Sends one frame; nothing where the platform has taken it and wants more, else a promise of that. */
  protected abstract send(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> | undefined;
  /** A read waits: frames are welcome. */
  protected abstract pull(): void;
  /** Starts the closing handshake; `ended()` follows. */
  protected abstract shut(code: number): void;
  /** Drops the connection; `ended()` follows. */
  protected abstract drop(): void;

  protected get waiting(): boolean {
    return this.#inbox.waiting;
  }

  protected get failure(): Error | undefined {
    return this.#failure;
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    const answer = this.#inbox.read(buffer);
    if (this.#inbox.waiting) this.pull();
    return answer;
  }

  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    if (bytes.length === 0) throw invalid('Nothing to write');
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#outstanding) throw invalid('One write at a time');
    const frame = bytes.subarray(0, FRAME_BYTES_MAX);
    const sent = this.send(frame);
    if (!sent) return frame.length;
    this.#outstanding = new Promise((resolve, reject) => {
      this.#rejectWrite = reject;
      sent.then(
        () => {
          this.#outstanding = undefined;
          resolve(frame.length);
        },
        (error: Error) => this.fail(error),
      );
    });
    return this.#outstanding;
  }

  flush(): void | Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    return this.#outstanding?.then(() => {});
  }

  close(): Promise<void> {
    const error = new TransportError('transport-failed', 'The stream has been closed');
    this.#inbox.close(error);
    this.fail(error);
    return this.#shut(1000);
  }

  /** A message has arrived whole. Past `bytesMax` held, the connection ends. */
  protected received(data: string | ArrayBuffer | Uint8Array, bytesMax: number): void {
    if (this.#failure) return;
    if (typeof data === 'string') {
      this.breakOff(1003, 'The server sent a text frame [MQTT-6.0.0-1]');
      return;
    }
    const bytes = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
    if (this.#inbox.length + bytes.length > bytesMax) {
      this.breakOff(1009, `More than inboundBytesMax (${bytesMax}) bytes have arrived unread`);
    } else this.#inbox.push(bytes);
  }

  /** Fails, and closes the connection in its own time. */
  protected breakOff(code: number, message: string, cause?: unknown): void {
    this.fail(new TransportError('transport-failed', message, { cause }));
    void this.#shut(code);
  }

  /** The connection is gone, and with which close code. */
  protected ended(code: number, reason: string, cause?: unknown): void {
    const error = closeError(code, reason, cause);
    if (code === 1000 || code === 1005) this.#inbox.end();
    this.fail(error);
    this.#gone = true;
    this.#onGone?.();
  }

  /** The server has ended the stream under the WebSocket; whatever keeps ours open does so for a bounded time. */
  protected streamEnded(): void {
    void this.#shut(1000);
  }

  /** Every call from now on rejects with this error, and so do the pending ones. The first one stays. */
  protected fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#inbox.end(error);
    this.#rejectWrite?.(error);
  }

  #shut(code: number): Promise<void> {
    this.#shutting ??= new Promise((resolve) => {
      const ms = this.#closeTimeoutMs;
      const timer = ms && !this.#gone ? setTimeout(() => this.drop(), ms) : undefined;
      this.#onGone = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#gone) resolve();
      else if (ms === 0) this.drop();
      else this.shut(code);
    });
    return this.#shutting;
  }
}
