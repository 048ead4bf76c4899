/** One thing that has been asked of a clock and has not been done yet. */
export interface PendingWork {
  readonly clock: string;
  readonly kind: 'timer' | 'turn';
  /** When it is due. */
  readonly atMs: number;
}

interface Owner {
  readonly name: string;
}

interface Work {
  readonly owner: Owner;
  readonly kind: 'timer' | 'turn';
  readonly atMs: number;
  readonly fn: () => void;
}

/** What all clocks of one time line still have to do, and in which order. It never runs anything by itself. */
export class Agenda {
  nowMs: number;
  timerLateMs = 0;
  /** Called when something has become due. */
  onDue: () => void = () => {};
  readonly #turns: Work[] = [];
  /** One timer for each clock. Those set first stand first. */
  readonly #timers = new Map<Owner, Work>();

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  addTurn(owner: Owner, fn: () => void): void {
    this.#turns.push({ owner, kind: 'turn', atMs: this.nowMs, fn });
    this.onDue();
  }

  setTimer(owner: Owner, atMs: number, fn: () => void): void {
    const dueMs = Math.max(atMs, this.nowMs) + this.timerLateMs;
    this.#timers.delete(owner);
    this.#timers.set(owner, { owner, kind: 'timer', atMs: dueMs, fn });
    if (dueMs <= this.nowMs) this.onDue();
  }

  clearTimer(owner: Owner): void {
    this.#timers.delete(owner);
  }

  /** When the next timer is due; undefined where none is set. */
  get nextTimerMs(): number | undefined {
    return this.#nextTimer()?.atMs;
  }

  get isDue(): boolean {
    return this.#turns.length > 0 || (this.nextTimerMs ?? Number.POSITIVE_INFINITY) <= this.nowMs;
  }

  /** Takes the next thing off the list that is due now: turns in their order, then timers by their times. */
  takeDue(): (() => void) | undefined {
    const turn = this.#turns.shift();
    if (turn !== undefined) return turn.fn;
    const timer = this.#nextTimer();
    if (timer === undefined || timer.atMs > this.nowMs) return undefined;
    this.#timers.delete(timer.owner);
    return timer.fn;
  }

  /** What is left of one clock, or of all, in the order in which it would be done. */
  pending(owner?: Owner): readonly PendingWork[] {
    const timers = [...this.#timers.values()].sort((a, b) => a.atMs - b.atMs);
    return [...this.#turns, ...timers]
      .filter((work) => owner === undefined || work.owner === owner)
      .map((work) => ({ clock: work.owner.name, kind: work.kind, atMs: work.atMs }));
  }

  #nextTimer(): Work | undefined {
    let next: Work | undefined;
    for (const timer of this.#timers.values()) if (next === undefined || timer.atMs < next.atMs) next = timer;
    return next;
  }
}
