/** What the ring starts with, so that a link that carries little costs little. */
const RING_BYTES_MIN = 512;

/** First in, first out, up to a capacity in bytes. Bytes are copied in and copied out. */
export class ByteQueue {
  readonly capacityBytes: number;
  #ring: Uint8Array<ArrayBuffer>;
  #start = 0;
  #length = 0;

  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes;
    this.#ring = new Uint8Array(Math.min(capacityBytes, RING_BYTES_MIN));
  }

  get length(): number {
    return this.#length;
  }

  get roomBytes(): number {
    return this.capacityBytes - this.#length;
  }

  /** Takes all of `bytes`, which must not be more than there is room for. */
  push(bytes: Uint8Array): void {
    this.#reserve(this.#length + bytes.length);
    const end = (this.#start + this.#length) % this.#ring.length;
    const beforeWrap = Math.min(bytes.length, this.#ring.length - end);
    this.#ring.set(bytes.subarray(0, beforeWrap), end);
    this.#ring.set(bytes.subarray(beforeWrap), 0);
    this.#length += bytes.length;
  }

  /** Fills all of `target`, which must not be more than there is. */
  shift(target: Uint8Array): void {
    const beforeWrap = Math.min(target.length, this.#ring.length - this.#start);
    target.set(this.#ring.subarray(this.#start, this.#start + beforeWrap));
    target.set(this.#ring.subarray(0, target.length - beforeWrap), beforeWrap);
    this.#length -= target.length;
    this.#start = this.#length === 0 ? 0 : (this.#start + target.length) % this.#ring.length;
  }

  clear(): void {
    this.#start = 0;
    this.#length = 0;
  }

  #reserve(lengthBytes: number): void {
    if (lengthBytes <= this.#ring.length) return;
    const ring = new Uint8Array(Math.min(this.capacityBytes, Math.max(lengthBytes, 2 * this.#ring.length)));
    const lengthBefore = this.#length;
    this.shift(ring.subarray(0, lengthBefore));
    this.#ring = ring;
    this.#length = lengthBefore;
  }
}
