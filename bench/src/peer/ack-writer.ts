import { ACK_BYTES, putAck } from '../wire/packets.ts';
import type { Wire } from '../wire/wire.ts';

const BUFFER_BYTES = 64 * 1024;

/** Gathers the answers to one chunk of bytes, to send them with one write. */
export class AckWriter {
  readonly #wire: Wire;
  #bytes = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #length = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  put(first: number, packetId: number): void {
    if (this.#length + ACK_BYTES > BUFFER_BYTES) this.send();
    this.#length = putAck(this.#bytes, this.#length, first, packetId);
  }

  send(): void {
    if (this.#length === 0) return;
    this.#wire.send(this.#bytes.subarray(0, this.#length));
    // Where they could not leave at once they are still in use.
    if (!this.#wire.isDrained) this.#bytes = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#length = 0;
  }
}
