/** One second of the past. */
export interface Second {
  readonly count: number;
  /** Whether there was no connection at some time in it. */
  readonly isOffline: boolean;
}

const EMPTY: Second = { count: 0, isOffline: false };

/** Counts messages by the second, and remembers as many seconds as it was made for. */
export class RateWindow {
  readonly #length: number;
  /** The newest last; the last one is not over yet. */
  #seconds: Second[] = [];
  /** Which second the last one is. */
  #now = 0;

  constructor(length: number) {
    this.#length = length;
  }

  /** A message has arrived. */
  add(nowMs: number): void {
    const { count, isOffline } = this.#current(nowMs);
    this.#seconds[this.#seconds.length - 1] = { count: count + 1, isOffline };
  }

  /** There is no connection. */
  markOffline(nowMs: number): void {
    const { count } = this.#current(nowMs);
    this.#seconds[this.#seconds.length - 1] = { count, isOffline: true };
  }

  /** The seconds that are over, the oldest first; those before the first message are empty. */
  past(nowMs: number): readonly Second[] {
    this.#current(nowMs);
    const past = this.#seconds.slice(0, -1);
    return [...Array.from({ length: this.#length - past.length }, () => EMPTY), ...past];
  }

  #current(nowMs: number): Second {
    const now = Math.floor(nowMs / 1_000);
    // A page may have slept for days.
    const missing = Math.min(this.#seconds.length === 0 ? 1 : now - this.#now, this.#length + 1);
    for (let second = 0; second < missing; second++) this.#seconds.push(EMPTY);
    this.#seconds = this.#seconds.slice(-this.#length - 1);
    this.#now = now;
    return this.#seconds.at(-1)!;
  }
}
