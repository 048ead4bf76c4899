import { frameLength } from '../codec/fixed-header.ts';

/** Messages that stand side by side in the order of their arrival, with filler between them. */
interface Run {
  start: number;
  end: number;
  /** Bytes of its messages; the rest is filler. */
  live: number;
}

/**
 * The caller's `rx`: received bytes, and in place among them the messages that the application has not claimed.
 *
 * Messages stand in runs, of which the last one grows. Where the packet now arriving does not fit behind it, but does
 * elsewhere, it moves there and begins the next run. A packet that was dealt with between two messages becomes filler:
 * its type turns to 0, which no packet has. Filler goes when messages are moved together, which happens only where the
 * arriving packet would not fit otherwise. The message in the application's hands never moves, and no other one moves
 * past it. So there is room, unless the arriving packet is longer than all that is free before the message in hand, and
 * than all that is free behind it.
 */
export class RxBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Messages that nobody has claimed. */
  messageCount = 0;
  /** Where the packet now arriving begins: all before it was looked at. */
  parse = 0;
  /** The end of what was received. */
  write = 0;
  /** The newest run. What is between its end and the parse position was dealt with. */
  #growing: Run = { start: 0, end: 0, live: 0 };
  /** All runs, oldest first. */
  readonly #runs: Run[] = [this.#growing];
  /** The message in the application's hands; an end of 0: none. */
  #handStart = 0;
  #handEnd = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    // The same memory, and no Node Buffer, whose slice() copies nothing.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Where the next bytes go; `null`: a message has to be claimed, or the one in hand released, first. */
  room(): Uint8Array<ArrayBuffer> | null {
    if (this.messageCount === 0 && this.parse === this.write) this.#restart();
    const needed = frameLength(this.bytes, this.parse, this.write) || this.write - this.parse + 1;
    if (this.parse + needed > this.#limit(this.write) && !this.#makeRoom(needed)) return null;
    return this.bytes.subarray(this.write, this.#limit(this.write));
  }

  /** The packet at the parse position, `length` bytes long, was dealt with and is not needed any more. */
  consumed(length: number): void {
    this.bytes[this.parse]! &= 0x0f;
    this.parse += length;
    if (this.parse === this.write) this.#moveTo(this.#growing.end);
  }

  /** The packet at the parse position is a message and stays until it is claimed. */
  kept(length: number): void {
    const run = this.#growing;
    this.parse += length;
    run.end = this.parse;
    run.live += length;
    this.messageCount++;
  }

  /** Hands out the oldest message, of which there has to be one, and returns where it begins. */
  claim(): number {
    while (this.#runs[0]!.live === 0) this.#runs.shift();
    const run = this.#runs[0]!;
    for (;;) {
      const { start } = run;
      const length = frameLength(this.bytes, start, run.end);
      run.start += length;
      if (this.bytes[start]! > 0x0f) {
        run.live -= length;
        this.messageCount--;
        this.#handStart = start;
        this.#handEnd = run.start;
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
    this.#restart();
  }

  /** Nothing is held but perhaps the message in hand: goes on where there is most room. */
  #restart(): void {
    const front = this.#handEnd === 0 || this.#handStart > this.bytes.length - this.#handEnd;
    const start = front ? 0 : this.#handEnd;
    const growing = this.#growing;
    growing.start = start;
    growing.end = start;
    growing.live = 0;
    this.#runs.length = 1;
    this.#runs[0] = growing;
    this.parse = start;
    this.write = start;
  }

  /** How far `position` is from what may not be overwritten. */
  #limit(position: number): number {
    let limit = this.bytes.length;
    if (this.#handEnd > 0 && this.#handStart >= position) limit = this.#handStart;
    for (const { start, live } of this.#runs) if (live > 0 && start >= position && start < limit) limit = start;
    return limit;
  }

  /** Moves what may move so that `needed` bytes from the parse position on stand in one piece. */
  #makeRoom(needed: number): boolean {
    const { end } = this.#growing;
    if (end + needed <= this.#limit(end)) {
      this.#moveTo(end);
      return true;
    }
    for (const start of [0, this.#handEnd]) {
      if (start + needed <= this.#limit(start)) {
        this.#startRun(start);
        return true;
      }
    }
    // The side of the message in hand that the packet is arriving on comes first.
    if (this.#handEnd === 0) return this.#gather(0, this.bytes.length, needed, true);
    const isBefore = this.write <= this.#handStart;
    const before = (): boolean => this.#gather(0, this.#handStart, needed, isBefore);
    const behind = (): boolean => this.#gather(this.#handEnd, this.bytes.length, needed, !isBefore);
    return isBefore ? before() || behind() : behind() || before();
  }

  /**
   * Moves the messages from `low` to `high` together and the arriving packet behind them; false: that would not make
   * enough room. `isHere`: it is arriving between them, and those above it move up, out of its way.
   */
  #gather(low: number, high: number, needed: number, isHere: boolean): boolean {
    const growing = this.#growing;
    const runs = this.#runs.filter(({ start, live }) => live > 0 && start >= low && start < high);
    if (runs.reduce((sum, { live }) => sum + live, low + needed) > high) return false;
    runs.sort((a, b) => a.start - b.start);
    let to = low;
    for (const run of runs) {
      if (isHere && run.start > growing.start) break;
      this.#slide(run, to);
      to = run.end;
    }
    if (isHere && growing.live > 0) this.#moveTo(to);
    else this.#startRun(to);
    let end = high;
    for (const run of runs.reverse()) {
      if (!isHere || run.start <= growing.start) break;
      this.#slide(run, run.start);
      end -= run.live;
      this.#slide(run, end);
    }
    return true;
  }

  /** Moves the messages of a run to `to` and leaves its filler out, of which there may be some only on the way down. */
  #slide(run: Run, to: number): void {
    const { bytes } = this;
    let end = to + run.live;
    if (run.end - run.start === run.live) bytes.copyWithin(to, run.start, run.end);
    else {
      end = to;
      for (let from = run.start; from < run.end;) {
        const length = frameLength(bytes, from, run.end);
        if (bytes[from]! > 0x0f) {
          bytes.copyWithin(end, from, from + length);
          end += length;
        }
        from += length;
      }
    }
    run.start = to;
    run.end = end;
  }

  /** Puts the arriving packet at `start`, where the next run begins. */
  #startRun(start: number): void {
    if (this.#growing.live > 0) {
      this.#growing = { start, end: start, live: 0 };
      this.#runs.push(this.#growing);
    } else {
      this.#growing.start = start;
      this.#growing.end = start;
    }
    this.#moveTo(start);
  }

  #moveTo(position: number): void {
    if (this.parse < this.write) this.bytes.copyWithin(position, this.parse, this.write);
    this.write += position - this.parse;
    this.parse = position;
  }
}
