import { frameLength } from '../codec/varint.ts';

/**
 * The caller's `rx`: received bytes, and in place among them the messages that the application has not claimed.
 *
 * Bytes stand in one run, or in two: when the packet now arriving does not fit behind the others but does before them,
 * it moves to the front, and what follows it goes there too. A packet that was dealt with between two messages becomes
 * filler: its type turns to 0, which no packet has. Filler goes when messages are moved together, which happens only
 * where the arriving packet would not fit otherwise. The message in the application's hands never moves.
 */
export class RxBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Messages that nobody has claimed. */
  messageCount = 0;
  /** Where the packet now arriving begins: all before it was looked at. */
  parse = 0;
  /** The end of what was received. */
  write = 0;
  /** Where the unclaimed messages begin. */
  #head = 0;
  /** Where the older of two runs ends; -1: there is one run. The newer one begins at 0. */
  #olderEnd = -1;
  /** Bytes of unclaimed messages in the run that is being written. */
  #live = 0;
  /** The message in the application's hands; an end of 0: none. */
  #handStart = 0;
  #handEnd = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
  }

  /** Where the next bytes go; `null`: a message has to be claimed first. */
  room(): Uint8Array<ArrayBuffer> | null {
    if (this.#head === this.write && this.#olderEnd < 0) this.#restart();
    const needed = frameLength(this.bytes, this.parse, this.write) || this.write - this.parse + 1;
    if (this.parse + needed > this.#limit() && !this.#makeRoom(needed)) return null;
    return this.bytes.subarray(this.write, this.#limit());
  }

  /** The packet at the parse position, `length` bytes long, was dealt with and is not needed any more. */
  consumed(length: number): void {
    if (this.#head === this.parse && this.#olderEnd < 0) this.#head += length;
    else this.bytes[this.parse]! &= 0x0f;
    this.parse += length;
  }

  /** The packet at the parse position is a message and stays until it is claimed. */
  kept(length: number): void {
    this.parse += length;
    this.#live += length;
    this.messageCount++;
  }

  /** Hands out the oldest message, of which there has to be one, and returns where it begins. */
  claim(): number {
    for (;;) {
      if (this.#head === this.#olderEnd) {
        this.#head = 0;
        this.#olderEnd = -1;
      }
      const start = this.#head;
      const length = frameLength(this.bytes, start, this.#olderEnd < 0 ? this.write : this.#olderEnd);
      this.#head += length;
      if (this.bytes[start]! > 0x0f) {
        if (this.#olderEnd < 0) this.#live -= length;
        this.messageCount--;
        this.#handStart = start;
        this.#handEnd = start + length;
        return start;
      }
    }
  }

  /** The end of the message that was claimed last. */
  get claimedEnd(): number {
    return this.#handEnd;
  }

  /** The message in hand may be overwritten from now on. */
  release(): void {
    this.#handEnd = 0;
  }

  /** Forgets the packet that has not arrived whole: the rest of it will not come. */
  dropPartial(): void {
    this.write = this.parse;
  }

  /** Forgets all but the message in hand. */
  clear(): void {
    this.messageCount = 0;
    this.#olderEnd = -1;
    this.#startAt(this.#handEnd);
  }

  /** How far the run may grow. */
  #limit(): number {
    const limit = this.#olderEnd < 0 ? this.bytes.length : this.#head;
    return this.#handIsAbove() ? Math.min(limit, this.#handStart) : limit;
  }

  #handIsAbove(): boolean {
    return this.#handEnd > 0 && this.#handStart >= this.write;
  }

  /** Nothing is held but perhaps the message in hand: goes on where there is most room. */
  #restart(): void {
    const front = this.#handEnd === 0 || this.#handStart > this.bytes.length - this.#handEnd;
    this.#startAt(front ? 0 : this.#handEnd);
  }

  #startAt(position: number): void {
    this.#head = position;
    this.parse = position;
    this.write = position;
    this.#live = 0;
  }

  /** Moves what may move so that `needed` bytes from the parse position on stand in one piece. */
  #makeRoom(needed: number): boolean {
    const handBelow = this.#handEnd > 0 && !this.#handIsAbove();
    if (this.#olderEnd < 0 && needed <= (handBelow ? this.#handStart : this.#head)) {
      this.#wrap();
      return true;
    }
    const base = handBelow && this.#olderEnd < 0 ? this.#handEnd : 0;
    if (base + this.#live + needed > this.#limit()) return false;
    this.#slideTo(base);
    return true;
  }

  /** Moves the arriving packet to the front and leaves the messages before it where they are. */
  #wrap(): void {
    const { bytes, parse, write } = this;
    bytes.copyWithin(0, parse, write);
    if (this.#head < parse) this.#olderEnd = parse;
    else this.#head = 0;
    this.parse = 0;
    this.write = write - parse;
    this.#live = 0;
  }

  /** Moves the messages of this run, and the arriving packet behind them, together from `base` on. */
  #slideTo(base: number): void {
    const { bytes, parse } = this;
    let to = base;
    for (let from = this.#olderEnd < 0 ? this.#head : 0; from < parse; ) {
      const length = frameLength(bytes, from, parse);
      if (bytes[from]! > 0x0f) {
        if (to !== from) bytes.copyWithin(to, from, from + length);
        to += length;
      }
      from += length;
    }
    bytes.copyWithin(to, parse, this.write);
    if (this.#olderEnd < 0) this.#head = base;
    this.write -= parse - to;
    this.parse = to;
  }
}
