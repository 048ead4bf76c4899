import { encodePacket, type Packet } from '@minimq/core/codec';

/** What a batch begins with; it doubles as far as it has to. */
const BATCH_BYTES_MIN: number = 4 * 1024;
/** A batch takes messages up to here, so that a client which does not read holds up its queue and not the memory. */
const BATCH_MESSAGE_BYTES_MAX: number = 64 * 1024;
/** From here on nothing is read from a client that does not take its answers. */
const BATCH_BYTES_MAX: number = 128 * 1024;

/** Packets on their way out: one batch is being written while the next one fills. */
export class Outbox {
  #filling: Uint8Array<ArrayBuffer> = new Uint8Array(BATCH_BYTES_MIN);
  #length = 0;
  #lent: Uint8Array<ArrayBuffer> | undefined;
  #spare: Uint8Array<ArrayBuffer> | undefined;
  /** All bytes that were ever put into a batch. */
  encodedBytes = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  get takesMessages(): boolean {
    return this.#length < BATCH_MESSAGE_BYTES_MAX;
  }

  get takesAnswers(): boolean {
    return this.#length < BATCH_BYTES_MAX;
  }

  /** Encodes a packet that was measured before, and returns its bytes, valid until the next call. */
  push(packet: Packet, byteLength: number): Uint8Array {
    const start = this.#length;
    const end = start + byteLength;
    if (end > this.#filling.length) {
      const larger = new Uint8Array(Math.max(end, this.#filling.length * 2));
      larger.set(this.#filling.subarray(0, start));
      this.#filling = larger;
    }
    encodePacket(packet, 'server', this.#filling, start);
    this.#length = end;
    this.encodedBytes += byteLength;
    return this.#filling.subarray(start, end);
  }

  /** The batch, which stays untouched until `written()`. */
  take(): Uint8Array<ArrayBuffer> {
    const batch = this.#filling.subarray(0, this.#length);
    this.#lent = this.#filling;
    this.#filling = this.#spare ?? new Uint8Array(BATCH_BYTES_MIN);
    this.#spare = undefined;
    this.#length = 0;
    return batch;
  }

  written(): void {
    if (this.#lent !== undefined && this.#lent.length <= BATCH_BYTES_MAX) this.#spare = this.#lent;
    this.#lent = undefined;
  }
}
