import type { Clock } from '@minimq/core';
import type { Agenda, PendingWork } from './agenda.ts';

/** A clock that shows the time of a `VirtualTime`; `VirtualTime.clock()` makes it. Give each session one of its own. */
export class VirtualClock implements Clock {
  /** Tells this clock from others in `pending` and in error messages. */
  readonly name: string;
  readonly #agenda: Agenda;
  readonly #random: () => number;

  constructor(name: string, agenda: Agenda, random: () => number) {
    this.name = name;
    this.#agenda = agenda;
    this.#random = random;
  }

  now(): number {
    return this.#agenda.nowMs;
  }

  /** Throws a RangeError where `atMs` is no time at all (NaN), rather than never waking. */
  wake(atMs: number | undefined, fn: () => void): void {
    if (Number.isNaN(atMs)) throw new RangeError(`${this.name}: wake() wants a time in milliseconds, not NaN`);
    if (atMs === undefined || atMs === Number.POSITIVE_INFINITY) this.#agenda.clearTimer(this);
    else this.#agenda.setTimer(this, atMs, fn);
  }

  defer(fn: () => void): void {
    this.#agenda.addTurn(this, fn);
  }

  random(): number {
    return this.#random();
  }

  /** What this clock still has to do; empty when its user has let go of it. */
  get pending(): readonly PendingWork[] {
    return this.#agenda.pending(this);
  }
}
