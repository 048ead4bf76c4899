import { Block } from './block.ts';

// Free space smaller than the smallest publish is not worth a place in the list; sliding brings it back.
const GAP_LENGTH_MIN = 16;
// How many gaps are looked at before blocks are moved. Packets of one size find theirs at once.
const GAPS_TRIED_MAX = 8;

/**
 * The caller's `tx`: packets of any size, given back in any order. All of the free space is usable: where no single gap
 * is large enough, blocks move together until one is.
 *
 * Blocks are linked by address, so that a freed one joins its free neighbours by being unlinked. New blocks go behind
 * `last` while there is room, which puts packets that leave together side by side: one write takes them all.
 */
export class TxArena {
  readonly bytes: Uint8Array<ArrayBuffer>;
  used = 0;
  /** The bytes lent to a write that has not settled; they stay where they are. */
  lentStart = 0;
  lentEnd = 0;
  /** A block that the caller is writing into. */
  pinned: Block | null = null;
  readonly #front: Block;
  #last: Block;
  #gaps: Block | null = null;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
    this.#front = new Block(bytes);
    this.#last = this.#front;
  }

  get free(): number {
    return this.bytes.length - this.used;
  }

  /** Gives `block` its place; false where there are fewer than `length + keep` free bytes. */
  allocate(block: Block, length: number, keep: number): boolean {
    if (this.free - keep < length) return false;
    if (this.#gapBehind(this.#last) < length && !this.#findGap(length) && !this.#slide(length)) return false;
    const before = this.#last;
    block.bytes = this.bytes;
    block.offset = before.offset + before.length;
    block.length = length;
    block.before = before;
    block.after = before.after;
    if (before.after !== null) before.after.before = block;
    before.after = block;
    this.#last = block;
    this.used += length;
    return true;
  }

  release(block: Block): void {
    const before = block.before!;
    const { after } = block;
    this.used -= block.length;
    if (block.gapListed) this.#unlist(block);
    before.after = after;
    if (after !== null) after.before = before;
    block.before = null;
    block.after = null;
    if (block === this.#last) {
      if (before.gapListed) this.#unlist(before);
      this.#last = before;
    } else this.#list(before);
  }

  /** Makes the newest block longer, where it stands; false where there is no room behind it. */
  extend(block: Block, length: number): boolean {
    if (this.#gapBehind(block) < length) return false;
    block.length += length;
    this.used += length;
    return true;
  }

  /** Gives back the first `front` bytes of a block and all but `length` of the rest. */
  trim(block: Block, front: number, length: number): void {
    this.used -= block.length - length;
    block.offset += front;
    block.length = length;
    this.#list(block);
    if (front > 0) this.#list(block.before!);
  }

  #gapBehind(block: Block): number {
    const { after } = block;
    return (after === null ? this.bytes.length : after.offset) - block.offset - block.length;
  }

  #findGap(length: number): boolean {
    let gap = this.#gaps;
    for (let tried = 0; gap !== null && tried < GAPS_TRIED_MAX; tried++) {
      if (this.#gapBehind(gap) >= length) {
        this.#allocateBehind(gap);
        return true;
      }
      gap = gap.gapNext;
    }
    return false;
  }

  /** Moves blocks down, from the newest on and then from the front, and with them the free space up, until it is enough. */
  #slide(length: number): boolean {
    for (const start of [this.#last, this.#front]) {
      let block = start;
      for (;;) {
        if (this.#gapBehind(block) >= length) {
          this.#allocateBehind(block);
          return true;
        }
        const { after } = block;
        if (after === null) break;
        const end = block.offset + block.length;
        if (after.offset > end && this.#mayMove(after)) {
          this.bytes.copyWithin(end, after.offset, after.offset + after.length);
          after.offset = end;
          if (block.gapListed) this.#unlist(block);
          this.#list(after);
        }
        block = after;
      }
    }
    return false;
  }

  #mayMove(block: Block): boolean {
    return block !== this.pinned && (block.offset >= this.lentEnd || block.offset + block.length <= this.lentStart);
  }

  #allocateBehind(block: Block): void {
    const last = this.#last;
    if (block.gapListed) this.#unlist(block);
    this.#last = block;
    if (last !== block) this.#list(last);
  }

  #list(block: Block): void {
    if (block.gapListed || block === this.#last || this.#gapBehind(block) < GAP_LENGTH_MIN) return;
    block.gapListed = true;
    block.gapPrevious = null;
    block.gapNext = this.#gaps;
    if (this.#gaps !== null) this.#gaps.gapPrevious = block;
    this.#gaps = block;
  }

  #unlist(block: Block): void {
    const { gapPrevious, gapNext } = block;
    if (gapPrevious === null) this.#gaps = gapNext;
    else gapPrevious.gapNext = gapNext;
    if (gapNext !== null) gapNext.gapPrevious = gapPrevious;
    block.gapListed = false;
    block.gapPrevious = null;
    block.gapNext = null;
  }
}
