import type { WebSocket } from 'ws';
import type { Wire } from './wire.ts';

/** A WebSocket of `ws` as a wire: each send is one binary message. */
export class WebSocketWire implements Wire {
  onBytes: (bytes: Uint8Array) => void = ignore;
  onClose: () => void = ignore;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (bytes) => this.onBytes(bytes));
    socket.on('error', ignore);
    socket.on('close', () => this.onClose());
  }

  get isDrained(): boolean {
    return this.#socket.bufferedAmount === 0;
  }

  send(bytes: Uint8Array, written?: () => void): void {
    this.#socket.send(bytes, written);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.terminate();
  }
}

function ignore(): void {}
