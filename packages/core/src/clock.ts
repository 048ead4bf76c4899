/** All that a session knows of time and chance. Replace it in tests (`VirtualClock` of `@minimq/testkit`). */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** One timer: calls `fn` at `atMs` or later and replaces the one before; `undefined` clears it. Never keeps a process alive. */
  wake(atMs: number | undefined, fn: () => void): void;
  /** Calls `fn` in the next turn of the event loop, after input that is already waiting was delivered. */
  defer(fn: () => void): void;
  /** 0 <= x < 1; for jitter and generated names. */
  random(): number;
}

/** The longest time that platforms can wait for; a later wake-up goes there in steps. */
const TIMER_MS_MAX = 2_147_483_647;

/** A clock of the platform's own timers. Each session needs one of its own, since a clock has one timer. */
export class SystemClock implements Clock {
  #timer: TimerHandle | undefined;

  now(): number {
    return performance.now();
  }

  wake(atMs: number | undefined, fn: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (atMs === undefined || atMs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.min(Math.max(0, Math.ceil(atMs - this.now())), TIMER_MS_MAX);
    this.#timer = setTimeout(() => {
      if (this.now() < atMs && delayMs === TIMER_MS_MAX) this.wake(atMs, fn);
      else fn();
    }, delayMs);
    if (typeof this.#timer === 'object') this.#timer.unref?.();
  }

  defer(fn: () => void): void {
    nextTurn(fn);
  }

  random(): number {
    return Math.random();
  }
}

const nextTurn: (fn: () => void) => void = chooseNextTurn();

function chooseNextTurn(): (fn: () => void) => void {
  if (typeof setImmediate === 'function') return setImmediate;
  if (typeof MessageChannel !== 'function') return (fn) => void setTimeout(fn, 0);
  // Browsers hold back nested timers by 4 ms; a message to oneself is a turn without that.
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return (fn) => {
    waiting.push(fn);
    port2.postMessage(0);
  };
}
