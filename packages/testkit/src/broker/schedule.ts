import type { Clock } from '@minimq/core';

/** One thing to do at a time. */
export interface Alarm {
  readonly atMs: number;
  /** Of two alarms at one time the one that was set first goes first. */
  readonly order: number;
  readonly fn: () => void;
}

/** Any number of alarms on the one timer of a clock. */
export class Schedule {
  readonly #clock: Clock;
  /** The soonest stands last. */
  readonly #alarms: Alarm[] = [];
  #setCount = 0;
  #wakeMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(delayMs: number, fn: () => void): Alarm {
    return this.at(this.#clock.now() + delayMs, fn);
  }

  at(atMs: number, fn: () => void): Alarm {
    this.#setCount += 1;
    const alarm: Alarm = { atMs, order: this.#setCount, fn };
    this.#alarms.splice(this.#placeOf(alarm), 0, alarm);
    this.#arm();
    return alarm;
  }

  /** An alarm that has gone off, or was cancelled before, is left alone. */
  cancel(alarm: Alarm | undefined): void {
    if (alarm === undefined) return;
    const place = this.#placeOf(alarm);
    if (this.#alarms[place] !== alarm) return;
    this.#alarms.splice(place, 1);
    this.#arm();
  }

  clear(): void {
    this.#alarms.length = 0;
    this.#arm();
  }

  /** The first place that does not hold a later alarm. */
  #placeOf(alarm: Alarm): number {
    let low = 0;
    let high = this.#alarms.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isLater(this.#alarms[middle]!, alarm)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #arm(): void {
    const next = this.#alarms.at(-1)?.atMs;
    if (next === this.#wakeMs) return;
    this.#wakeMs = next;
    this.#clock.wake(next, () => this.#run());
  }

  #run(): void {
    this.#wakeMs = undefined;
    try {
      const nowMs = this.#clock.now();
      for (let alarm = this.#alarms.at(-1); alarm !== undefined && alarm.atMs <= nowMs; alarm = this.#alarms.at(-1)) {
        this.#alarms.pop();
        alarm.fn();
      }
    } finally {
      this.#arm();
    }
  }
}

function isLater(a: Alarm, b: Alarm): boolean {
  return a.atMs === b.atMs ? a.order > b.order : a.atMs > b.atMs;
}
