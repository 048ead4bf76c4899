import { Block } from './block.ts';

// Free space smaller than the smallest publish is not worth a place in the list; moving blocks brings it back.
const GAP_LENGTH_MIN = 6;
// How many gaps are looked at before blocks are moved. Packets of one size find theirs at once.
const GAPS_TRIED_MAX = 8;

/**
 * The caller's `tx`: packets of any size, given back in any order. All of the free space is usable: where no single gap
 * is large enough, blocks move together until one is.
 *
 * Blocks are linked by address, so that a freed one joins its free neighbours by being unlinked. New blocks go behind
 * `last` while there is room, which puts packets that leave together side by side: one write takes them all. What was
 * sent first is freed first, or nearly so, and stands behind `last` too: free space is gathered there, so that in this
 * order a block moves about once on a trip around, whatever the sizes.
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
    if (this.#gapBehind(this.#last) < length && !this.#makeGap(length)) return false;
    const before = this.#last;
    block.bytes = this.bytes;
    block.offset = before.end;
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
    if (block.gapListed) this.#list(block);
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
    return (after === null ? this.bytes.length : after.offset) - block.end;
  }

  #makeGap(length: number): boolean {
    return this.#findGap(length) || this.#gather(length) || this.#sweep(length);
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

  /** Gathers free space behind `last`, from both sides: the blocks below move down and those above up, as few as it takes. */
  #gather(length: number): boolean {
    let below = this.#last;
    let above = this.#last;
    let gathered = this.#gapBehind(this.#last);
    while (gathered < length) {
      const { before } = below;
      const { after } = above;
      const down = before !== null && this.#mayMove(below);
      const up = after !== null && this.#mayMove(after);
      if (!down && !up) return false;
      if (down) {
        below = before;
        gathered += this.#gapBehind(before);
      }
      if (up) {
        above = after;
        gathered += this.#gapBehind(after);
      }
    }
    for (; below !== this.#last; below = below.after!) {
      if (below.gapListed) this.#unlist(below);
      this.#move(below.after!, below.end);
    }
    for (; above !== this.#last; above = above.before!) {
      if (above.gapListed) this.#unlist(above);
      this.#move(above, above.offset + this.#gapBehind(above));
    }
    return true;
  }

  /** Where bytes that may not move stand around `last`: moves all others down until there is a gap elsewhere. */
  #sweep(length: number): boolean {
    for (let block = this.#front; ;) {
      if (this.#gapBehind(block) >= length) {
        this.#allocateBehind(block);
        return true;
      }
      const { after } = block;
      if (after === null) return false;
      if (this.#gapBehind(block) > 0 && this.#mayMove(after)) {
        this.#move(after, block.end);
        if (block.gapListed) this.#unlist(block);
        this.#list(after);
      }
      block = after;
    }
  }

  #move(block: Block, offset: number): void {
    if (block.offset !== offset) this.bytes.copyWithin(offset, block.offset, block.end);
    block.offset = offset;
  }

  #mayMove(block: Block): boolean {
    return block !== this.pinned && (block.offset >= this.lentEnd || block.end <= this.lentStart);
  }

  #allocateBehind(block: Block): void {
    const last = this.#last;
    if (block.gapListed) this.#unlist(block);
    this.#last = block;
    if (last !== block) this.#list(last);
  }

  /** Puts what is free behind `block` first in the list: what was freed last is the likeliest to fit. */
  #list(block: Block): void {
    const isWorthIt = block !== this.#last && this.#gapBehind(block) >= GAP_LENGTH_MIN;
    if (isWorthIt && block === this.#gaps) return;
    if (block.gapListed) this.#unlist(block);
    if (!isWorthIt) return;
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
