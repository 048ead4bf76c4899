import type { Direction, Trouble } from '../link/direction.ts';
import { DelayLine } from './delay-line.ts';
import { drawBytes, type Faults } from './faults.ts';

/** What the faults of one direction need of their link. */
export interface FaultsHost {
  nowMs(): number;
  /** `dueMs` may have changed. */
  onDue(): void;
}

/** Makes the faults of one direction happen, by seed. */
export class DirectionFaults implements Trouble {
  /** When something arrives next by itself. */
  dueMs: number = Number.POSITIVE_INFINITY;
  readonly #direction: Direction;
  readonly #random: () => number;
  readonly #host: FaultsHost;
  readonly #line: DelayLine;
  #faults: Faults = {};
  #hasSetEnd = false;

  constructor(direction: Direction, random: () => number, host: FaultsHost) {
    this.#direction = direction;
    this.#random = random;
    this.#host = host;
    this.#line = new DelayLine(direction.writtenBytes);
    direction.trouble = this;
  }

  /** These from now on and no others, also for the bytes that are under way. */
  set(faults: Faults): void {
    this.#faults = faults;
    this.#setEnd();
    this.advance();
    // A write that waits for room may be taken now.
    this.#direction.onWritable();
  }

  get readMaxBytes(): number {
    return this.#draw(this.#faults.chunkBytes);
  }

  get writeMaxBytes(): number {
    return this.#faults.zeroWrites === true ? 0 : this.#draw(this.#faults.writeMaxBytes);
  }

  get swallows(): boolean {
    return this.#faults.blackHole === true;
  }

  onWritten(totalBytes: number): void {
    this.#add(totalBytes);
  }

  onEnded(lost: boolean): void {
    if (!lost) return this.#add(Number.POSITIVE_INFINITY);
    this.#line.clear();
    this.#release();
    this.#host.onDue();
  }

  /** Lets arrive what is due. */
  advance(): void {
    this.#release();
    this.#direction.onReadable();
  }

  #add(endByte: number): void {
    const nowMs = this.#host.nowMs();
    this.#line.add(endByte, nowMs, this.#faults.jitterMs === undefined ? 0 : this.#random());
    this.#release();
    this.#host.onDue();
  }

  #release(): void {
    if (this.#faults.stalled === true) {
      this.dueMs = Number.POSITIVE_INFINITY;
      this.#direction.releasedBytesMax = this.#direction.readBytes;
      return;
    }
    this.dueMs = this.#line.advance(this.#host.nowMs(), this.#faults);
    this.#direction.releasedBytesMax = this.#line.isEmpty ? Number.POSITIVE_INFINITY : this.#line.arrivedBytes;
  }

  #setEnd(): void {
    const { end } = this.#faults;
    if (end === undefined) {
      if (this.#hasSetEnd) this.#direction.cutAfter(Number.POSITIVE_INFINITY);
      this.#hasSetEnd = false;
      return;
    }
    this.#hasSetEnd = true;
    const { afterBytes, how = 'cut' } = end;
    this.#direction.cutAfter(Math.max(afterBytes, this.#direction.writtenBytes), {
      scope: how === 'half-close' ? 'direction' : 'link',
      ...(how === 'reset' ? ({ inFlight: 'lost', reads: 'reset' } as const) : {}),
    });
  }

  #draw(range: Faults['chunkBytes']): number {
    return range === undefined ? Number.POSITIVE_INFINITY : drawBytes(range, this.#random);
  }
}
