import { Block } from './block.ts';
import type { TxArena } from './tx-arena.ts';

/** A run of acknowledgements and pings that leave together. */
class ControlBlock extends Block {
  readonly #arena: TxArena;

  constructor(arena: TxArena) {
    super(arena.bytes);
    this.#arena = arena;
  }

  override written(): void {
    this.#arena.release(this);
  }

  override dropped(): void {
    this.#arena.release(this);
  }
}

/** What waits for the transport, in the order of writing. Neighbours in memory leave in one write. */
export class Outbox {
  /** How many blocks were queued, and how many have left the queue. */
  pushedCount = 0;
  writtenCount = 0;
  readonly #arena: TxArena;
  #head: Block | null = null;
  #tail: Block | null = null;
  /** How much of the head was taken already. */
  #headTaken = 0;
  /** The last block of the outstanding write, whole in it; `null`: none is outstanding. */
  #lentTo: Block | null = null;

  constructor(arena: TxArena) {
    this.#arena = arena;
  }

  get isEmpty(): boolean {
    return this.#head === null;
  }

  get isLent(): boolean {
    return this.#lentTo !== null;
  }

  push(block: Block): void {
    this.pushedCount++;
    block.queued = true;
    block.next = null;
    if (this.#tail === null) this.#head = block;
    else this.#tail.next = block;
    this.#tail = block;
  }

  /**
   * Room for an acknowledgement, a PUBREL or a PINGREQ of `length` bytes at the end of the queue: where in the arena to
   * write it, or -1 while there is none.
   */
  control(length: number): number {
    const tail = this.#tail;
    // One that was begun stays as it is, or it would never end, and hold its place, where there is always one more.
    const isBegun = tail === this.#lentTo || (tail === this.#head && this.#headTaken > 0);
    if (!isBegun && tail instanceof ControlBlock && this.#arena.extend(tail, length)) return tail.end - length;
    const block = new ControlBlock(this.#arena);
    if (!this.#arena.allocate(block, length, 0)) return -1;
    this.push(block);
    return block.offset;
  }

  /** What to write next, as one piece; `null`: nothing, or a write is outstanding. The bytes are lent until `taken`. */
  lend(): Uint8Array<ArrayBuffer> | null {
    const head = this.#head;
    if (head === null || this.#lentTo !== null) return null;
    let last = head;
    let { end } = head;
    for (let next = head.next; next !== null && next.bytes === head.bytes && next.offset === end; next = next.next) {
      last = next;
      end += next.length;
    }
    this.#lentTo = last;
    const start = head.offset + this.#headTaken;
    if (head.bytes === this.#arena.bytes) {
      this.#arena.lentStart = start;
      this.#arena.lentEnd = end;
    }
    return head.bytes.subarray(start, end);
  }

  /** The outstanding write has settled and took `count` bytes. */
  taken(count: number): void {
    this.#returnLoan();
    let left = count;
    for (let head = this.#head; head !== null && left > 0; head = this.#head) {
      head.handed = true;
      const rest = head.length - this.#headTaken;
      if (left < rest) {
        this.#headTaken += left;
        return;
      }
      left -= rest;
      this.writtenCount++;
      this.#shift(head).written();
    }
  }

  /** Whether every byte of a block was given to the transport, in a write that may still be outstanding. */
  isGiven(block: Block): boolean {
    const { lentStart, lentEnd } = this.#arena;
    return !block.queued || (block.end > lentStart && block.end <= lentEnd);
  }

  /** Drops all that waits, but for the rest of a packet that was begun. */
  dropUnbegun(): void {
    const begun = this.#lentTo ?? (this.#headTaken > 0 ? this.#head : null);
    let dropped = begun === null ? this.#head : begun.next;
    if (begun === null) this.#head = null;
    else begun.next = null;
    this.#tail = begun;
    while (dropped !== null) {
      const { next } = dropped;
      dropped.queued = false;
      dropped.next = null;
      this.writtenCount++;
      dropped.dropped();
      dropped = next;
    }
  }

  /** The connection is gone: a write that is still outstanding may have taken everything that it was given. */
  clear(): void {
    for (let block = this.#head, last = this.#lentTo; last !== null && block !== null; block = block.next) {
      block.handed = true;
      if (block === last) break;
    }
    this.#returnLoan();
    for (let head = this.#head; head !== null; head = this.#head) {
      this.writtenCount++;
      this.#shift(head).dropped();
    }
  }

  #shift(head: Block): Block {
    this.#head = head.next;
    if (head.next === null) this.#tail = null;
    this.#headTaken = 0;
    head.next = null;
    head.queued = false;
    return head;
  }

  #returnLoan(): void {
    this.#lentTo = null;
    this.#arena.lentStart = 0;
    this.#arena.lentEnd = 0;
  }
}
