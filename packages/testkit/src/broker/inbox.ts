import { frameLength, ReasonCode } from '@minimq/core/codec';
import { violation } from './violation.ts';

/** What the buffer of a connection is, except while a larger packet passes. */
const INBOX_BYTES: number = 16 * 1024;

/** The bytes that a connection has read and not looked at. Grows with what arrives, never by a declared length. */
export class Inbox {
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(INBOX_BYTES);
  #start = 0;
  #end = 0;
  /** The length of the packet that is arriving, fixed header included; 0: not known yet. */
  #packetBytes = 0;

  get isEmpty(): boolean {
    return this.#start === this.#end;
  }

  /** The first byte of the next packet. */
  get first(): number | undefined {
    return this.isEmpty ? undefined : this.#buffer[this.#start];
  }

  /** Where the next read may put its bytes; never empty. */
  room(): Uint8Array<ArrayBuffer> {
    if (this.isEmpty) {
      this.#start = 0;
      this.#end = 0;
      if (this.#buffer.length > INBOX_BYTES && this.#packetBytes === 0) this.#buffer = new Uint8Array(INBOX_BYTES);
    }
    if (this.#start + this.#packetBytes > this.#buffer.length || this.#end === this.#buffer.length) this.#makeRoom();
    return this.#buffer.subarray(this.#end);
  }

  added(count: number): void {
    this.#end += count;
  }

  add(bytes: Uint8Array): void {
    for (let position = 0; position < bytes.length;) {
      const room = this.room();
      const part = bytes.subarray(position, position + room.length);
      room.set(part);
      this.added(part.length);
      position += part.length;
    }
  }

  /** The next packet if all of it is there, valid until the next read. Throws where it is larger than allowed. */
  next(packetBytesMax: number): Uint8Array | undefined {
    const length = frameLength(this.#buffer, this.#start, this.#end);
    if (length > packetBytesMax) {
      const what = `A packet of ${length} bytes is more than the ${packetBytesMax} that were announced`;
      throw violation(ReasonCode.packetTooLarge, '3.2.2.3.6', what);
    }
    this.#packetBytes = length;
    if (length === 0 || this.#end - this.#start < length) return undefined;
    const packet = this.#buffer.subarray(this.#start, this.#start + length);
    this.#start += length;
    this.#packetBytes = 0;
    return packet;
  }

  #makeRoom(): void {
    const { length } = this.#buffer;
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    if (this.#end < length) return;
    const larger = new Uint8Array(Math.max(length + INBOX_BYTES, Math.min(this.#packetBytes, length * 2)));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}
