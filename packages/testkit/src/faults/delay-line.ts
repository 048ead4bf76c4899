import { Fifo } from '../broker/fifo.ts';
import type { Faults } from './faults.ts';

/** Bandwidth lets bytes through in pieces of so much time, so that a slow line does not take a timer for each byte. */
const PIECE_MS = 10;

interface Segment {
  /** The bytes up to this one; Infinity: the end of the stream. */
  readonly endByte: number;
  readonly writtenAtMs: number;
  /** Of the jitter, from 0 to 1. */
  readonly jitterShare: number;
}

type Pace = Pick<Faults, 'latencyMs' | 'jitterMs' | 'bytesPerSecond'>;

/** When what was written arrives: first its turn on the line, then the way. The pace may change while bytes are under way. */
export class DelayLine {
  readonly #segments = new Fifo<Segment>();
  #arrivedBytes: number;
  /** When the line has sent off what has arrived by now. */
  #sentAtMs = 0;
  #arrivedAtMs = 0;

  constructor(arrivedBytes: number) {
    this.#arrivedBytes = arrivedBytes;
  }

  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  add(endByte: number, writtenAtMs: number, jitterShare: number): void {
    this.#segments.push({ endByte, writtenAtMs, jitterShare });
  }

  clear(): void {
    this.#segments.clear();
  }

  /** Lets arrive what is due; returns when something is due next, Infinity for never. */
  advance(nowMs: number, pace: Pace): number {
    for (;;) {
      const head = this.#segments.peek();
      if (head === undefined) return Number.POSITIVE_INFINITY;
      const endByte = this.#pieceEnd(head, pace);
      const sentAtMs = Math.max(this.#sentAtMs, head.writtenAtMs) + this.#transmissionMs(endByte, pace);
      const delayMs = (pace.latencyMs ?? 0) + head.jitterShare * (pace.jitterMs ?? 0);
      // Jitter does not make a later byte overtake an earlier one.
      const dueMs = Math.max(this.#arrivedAtMs, sentAtMs + delayMs);
      if (dueMs > nowMs) return dueMs;
      this.#sentAtMs = sentAtMs;
      this.#arrivedAtMs = dueMs;
      this.#arrivedBytes = endByte;
      if (endByte === head.endByte || head.endByte === Number.POSITIVE_INFINITY) this.#segments.shift();
    }
  }

  #pieceEnd({ endByte }: Segment, { bytesPerSecond }: Pace): number {
    if (endByte === Number.POSITIVE_INFINITY) return this.#arrivedBytes;
    if (bytesPerSecond === undefined) return endByte;
    return Math.min(endByte, this.#arrivedBytes + Math.max(1, Math.floor((bytesPerSecond * PIECE_MS) / 1_000)));
  }

  #transmissionMs(endByte: number, { bytesPerSecond }: Pace): number {
    return bytesPerSecond === undefined ? 0 : ((endByte - this.#arrivedBytes) * 1_000) / bytesPerSecond;
  }
}
