import type { Duplex } from 'node:stream';
import type { Wire } from './wire.ts';

/** A socket of Node as a wire. `read` is false where the bytes come another way, as with `onread`. */
export class StreamWire implements Wire {
  onBytes: (bytes: Uint8Array) => void = ignore;
  onClose: () => void = ignore;
  readonly #stream: Duplex;

  constructor(stream: Duplex, read: boolean) {
    this.#stream = stream;
    if (read) stream.on('data', (chunk: Buffer) => this.onBytes(chunk));
    stream.on('error', ignore);
    stream.on('close', () => this.onClose());
  }

  get isDrained(): boolean {
    return this.#stream.writableLength === 0;
  }

  send(bytes: Uint8Array, written?: () => void): void {
    this.#stream.write(bytes, written);
  }

  stopReading(): void {
    this.#stream.pause();
  }

  close(): void {
    this.#stream.destroy();
  }
}

function ignore(): void {}
