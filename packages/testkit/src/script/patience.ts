import { nextMacrotask } from '../clock/macrotask.ts';
import { TIME_LIMIT_MS, type VirtualTime } from '../clock/virtual-time.ts';

/** Over sockets an expectation gives up after this much real time: less than the 5 s that test runners allow by default. */
export const WAIT_LIMIT_MS = 2_000;
/** Over sockets silence is listened to for so long in real time, unless a script says how long. */
export const SILENCE_MS = 50;

/** How a wait ended: undefined where what was waited for has come, and else why it was given up, in words. */
export type WaitEnd = string | undefined;

/** How long a script waits, and what it does meanwhile. */
export interface Patience {
  /** Waits until `done` settles, for `limitMs` at most. */
  wait(done: Promise<unknown>, limitMs: number | undefined): Promise<WaitEnd>;
  /** Lets this much time pass; undefined: as much as it takes until all that is due has happened. */
  pass(forMs: number | undefined, stop: Promise<unknown>): Promise<void>;
  /** Lets happen what is due now, as far as one can know of it. */
  settle(): Promise<void>;
}

/**
 * Moves the time on as far as a wait takes, and knows when nothing is left that could end it. Where somebody else moves
 * the time, it goes along.
 */
export class VirtualPatience implements Patience {
  readonly #time: VirtualTime;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  async wait(done: Promise<unknown>, limitMs: number = TIME_LIMIT_MS): Promise<WaitEnd> {
    const watch = watched(done);
    const endMs = this.#time.nowMs + limitMs;
    for (;;) {
      const end = await this.#time.ride({ to: 'event', atMs: endMs, done });
      if (end === 'done') return undefined;
      if (end === 'too-late') return `not within ${limitMs} ms`;
      if (end === 'limit-reached') return `at ${this.#time.nowMs} ms the test has reached its time limit`;
      if (end === 'nothing-left') return this.#nothingLeft();
      await this.#time.settle();
      if (watch.isSettled) return undefined;
      if (this.#time.isMoving) continue;
      const nextMs = this.#time.pending[0]?.atMs;
      if (nextMs === undefined) return this.#nothingLeft();
      if (nextMs > endMs) return `not within ${limitMs} ms`;
      await this.#time.advanceTo(Math.max(nextMs, this.#time.nowMs));
    }
  }

  async pass(forMs: number | undefined, stop: Promise<unknown>): Promise<void> {
    const watch = watched(stop);
    const endMs = this.#time.nowMs + (forMs ?? 0);
    await this.#time.settle();
    while (!watch.isSettled && this.#time.nowMs < endMs) {
      if (this.#time.isMoving) await this.#time.ride({ to: 'moment', atMs: endMs, done: stop });
      else await this.#time.advanceTo(Math.min(endMs, this.#time.pending[0]?.atMs ?? endMs));
    }
  }

  settle(): Promise<void> {
    return this.#time.settle();
  }

  #nothingLeft(): string {
    return `at ${this.#time.nowMs} ms nothing is left that could happen`;
  }
}

/** Waits by the clock on the wall. */
export class RealPatience implements Patience {
  readonly #limitMs: number;

  constructor(limitMs: number = WAIT_LIMIT_MS) {
    this.#limitMs = limitMs;
  }

  async wait(done: Promise<unknown>, limitMs: number = this.#limitMs): Promise<WaitEnd> {
    const watch = watched(done);
    await elapsed(limitMs, done);
    return watch.isSettled ? undefined : `not within ${limitMs} ms`;
  }

  async pass(forMs: number = SILENCE_MS, stop: Promise<unknown>): Promise<void> {
    await elapsed(forMs, stop);
  }

  settle(): Promise<void> {
    return nextMacrotask();
  }
}

/** Resolves after `ms`, or when `stop` has settled. Keeps a process alive meanwhile: somebody waits for it. */
function elapsed(ms: number, stop: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    stop.then(end, end);
  });
}

function watched(promise: Promise<unknown>): { readonly isSettled: boolean } {
  const watch = { isSettled: false };
  const settle = (): void => void (watch.isSettled = true);
  promise.then(settle, settle);
  return watch;
}
