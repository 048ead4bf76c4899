import { Buffer } from 'node:buffer';
import type { WebSocket } from 'ws';

/**
 * Answers pings, one at a time: of those that arrive while an answer is under way only the last is answered, which RFC
 * 6455 (5.5.3) allows. So a flood of pings queues nothing.
 */
export class Pongs {
  readonly #socket: WebSocket;
  #sending = false;
  #next: Buffer | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  answer(ping: Buffer): void {
    if (this.#sending) {
      this.#next = Buffer.from(ping); // A copy: it is a view of all that arrived with it.
      return;
    }
    this.#sending = true;
    this.#socket.pong(ping, true, () => {
      this.#sending = false;
      const next = this.#next;
      this.#next = undefined;
      if (next) this.answer(next);
    });
  }
}
