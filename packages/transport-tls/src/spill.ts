import { Buffer } from 'node:buffer';

const FIRST_BYTES = 16_384;

/** Bytes that came when nobody waited for them, in one buffer that is reused and grows up to `maxBytes`. */
export class Spill {
  readonly #maxBytes: number;
  #buffer: Buffer<ArrayBuffer> | undefined;
  /** Unread bytes: from `#start` to `#end`. */
  #start = 0;
  #end = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Copies the bytes; false, and nothing is kept of them, where there is no room. */
  add(bytes: Uint8Array): boolean {
    const wanted = this.length + bytes.length;
    if (wanted > this.#maxBytes) return false;
    const buffer = this.#withRoomFor(wanted);
    buffer.set(bytes, this.#end);
    this.#end += bytes.length;
    return true;
  }

  /** Moves as many bytes as fit into `target`, the oldest first, and returns how many. */
  take(target: Uint8Array): number {
    const count = Math.min(this.length, target.length);
    if (count === 0) return 0;
    target.set(this.#buffer!.subarray(this.#start, this.#start + count));
    this.#start += count;
    if (this.#start === this.#end) this.clear();
    return count;
  }

  clear(): void {
    this.#start = 0;
    this.#end = 0;
  }

  /** Where there is no room behind what is unread, moves that to the start; into a larger buffer where it has to be. */
  #withRoomFor(byteLength: number): Buffer<ArrayBuffer> {
    const old = this.#buffer;
    if (old !== undefined && this.#start + byteLength <= old.length) return old;
    let length = old?.length ?? FIRST_BYTES;
    while (length < byteLength) length *= 2;
    const buffer = old?.length === length ? old : Buffer.allocUnsafeSlow(Math.min(length, this.#maxBytes));
    if (old !== undefined && this.length > 0) old.copy(buffer, 0, this.#start, this.#end);
    this.#end = this.length;
    this.#start = 0;
    this.#buffer = buffer;
    return buffer;
  }
}
