import type { Clock } from '@minimq/core';
import { seededRandom } from '../clock/random.ts';

export interface LateTimers {
  /** Milliseconds after its time that every timer fires. Default 0. */
  readonly lateMs?: number | undefined;
  /** Up to so many milliseconds more, drawn for each timer. Default 0. */
  readonly jitterMs?: number | undefined;
}

/**
 * A clock whose timers fire late, as on a busy machine or in a throttled tab. The time that it shows is right, and so
 * are its turns. `late` may be changed while it runs and counts for timers set from then on.
 */
export class LateClock implements Clock {
  late: LateTimers;
  readonly #clock: Clock;
  readonly #random: () => number;

  /** `seed` decides the jitter. Default 1. */
  constructor(clock: Clock, late: LateTimers, seed = 1) {
    this.#clock = clock;
    this.late = late;
    this.#random = seededRandom(seed);
  }

  now(): number {
    return this.#clock.now();
  }

  wake(atMs: number | undefined, fn: () => void): void {
    if (atMs === undefined) return this.#clock.wake(atMs, fn);
    const { lateMs = 0, jitterMs = 0 } = this.late;
    // A timer of the past would be due now.
    this.#clock.wake(Math.max(atMs, this.now()) + lateMs + jitterMs * this.#random(), fn);
  }

  defer(fn: () => void): void {
    this.#clock.defer(fn);
  }

  random(): number {
    return this.#clock.random();
  }
}
