import { decodePacket, frameLength, type Packet, type Sender } from '@minimq/core/codec';

/** One packet as it stood on the wire. */
export interface Frame {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Undefined where the bytes are no packet that this side may send. */
  readonly packet: Packet | undefined;
  /** Then: what is wrong with them, and the section of the standard that says so. */
  readonly problem: string | undefined;
}

/** Cuts the bytes of one direction into packets. Grows with what arrives, never by a declared length. */
export class Framer {
  readonly #sender: Sender;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** `#rest` has room at its end, so that a long packet in small pieces costs no more than its length. */
  #length = 0;
  /** Where no length can be told any more, every piece that comes is shown as it is. */
  #isLost = false;

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  /** The bytes of a packet that is not whole yet. */
  get rest(): Uint8Array<ArrayBuffer> {
    return this.#rest.slice(0, this.#length);
  }

  /** The packets that are whole with these bytes. */
  add(bytes: Uint8Array): Frame[] {
    this.#append(bytes);
    const frames: Frame[] = [];
    let start = 0;
    while (start < this.#length) {
      const { length, problem } = this.#measure(start);
      if (length === 0 || start + length > this.#length) break;
      frames.push(this.#frame(this.#rest.slice(start, start + length), problem));
      start += length;
    }
    this.#rest.copyWithin(0, start, this.#length);
    this.#length -= start;
    return frames;
  }

  #measure(start: number): { length: number; problem?: string } {
    const all = this.#length - start;
    if (this.#isLost) return { length: all, problem: 'It comes after bytes that are no packet' };
    try {
      return { length: frameLength(this.#rest, start, this.#length) };
    } catch (error) {
      this.#isLost = true;
      return { length: all, problem: messageOf(error) };
    }
  }

  #frame(bytes: Uint8Array<ArrayBuffer>, problem: string | undefined): Frame {
    if (problem !== undefined) return { bytes, packet: undefined, problem };
    try {
      return { bytes, packet: decodePacket(bytes, this.#sender), problem: undefined };
    } catch (error) {
      return { bytes, packet: undefined, problem: messageOf(error) };
    }
  }

  #append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#rest.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#rest.length));
      larger.set(this.#rest.subarray(0, this.#length));
      this.#rest = larger;
    }
    this.#rest.set(bytes, this.#length);
    this.#length = length;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
