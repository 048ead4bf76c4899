/** Small enough to be kept for good by an idle connection. */
const KEPT_BYTES_MAX = 65_536;

/**
 * Bytes that have arrived and are not read yet, in one block that grows by doubling: what it costs depends on the bytes,
 * not on how many frames brought them. Of the platform's buffers only a large one is kept, which is then the block: a
 * small one may be a window on much more.
 */
export class ByteQueue {
  #block: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Takes `bytes` from `from` on. A large one that is all of its memory belongs to the queue from here on. */
  push(arrived: Uint8Array, from = 0): void {
    if (this.length === 0 && arrived.length > KEPT_BYTES_MAX && arrived.length === arrived.buffer.byteLength) {
      this.#block = arrived;
      this.#start = from;
      this.#end = arrived.length;
      return;
    }
    const bytes = arrived.subarray(from);
    const needed = this.length + bytes.length;
    if (this.#end + bytes.length > this.#block.length) {
      const { length } = this.#block;
      // Half empty, the block is used again; otherwise each byte is moved less than once for each byte added.
      const block = needed * 2 <= length ? this.#block : new Uint8Array(Math.max(needed, length * 2));
      block.set(this.#block.subarray(this.#start, this.#end));
      this.#block = block;
      this.#start = 0;
      this.#end = needed - bytes.length;
    }
    this.#block.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Moves what fits to the start of `target`. */
  take(target: Uint8Array): number {
    const count = Math.min(this.length, target.length);
    target.set(this.#block.subarray(this.#start, this.#start + count));
    this.#start += count;
    if (this.#start === this.#end) this.clear();
    return count;
  }

  clear(): void {
    this.#start = this.#end = 0;
    if (this.#block.length > KEPT_BYTES_MAX) this.#block = new Uint8Array(0);
  }
}
