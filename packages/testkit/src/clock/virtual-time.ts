import { Agenda, type PendingWork } from './agenda.ts';
import { macrotask, nextMacrotask } from './macrotask.ts';
import { Passengers, type Ride, type RideEnd } from './passengers.ts';
import { seededRandom } from './random.ts';
import { VirtualClock } from './virtual-clock.ts';

/** `until()` and `runUntilIdle()` give up after this much virtual time: no test means to wait longer. */
export const TIME_LIMIT_MS: number = 60 * 60 * 1000;
/** So many turns at one and the same moment are taken for an endless loop; 64 MiB through 2,048 bytes need a twentieth. */
export const TURN_COUNT_MAX = 1_000_000;

export interface VirtualTimeOptions {
  /** The time that clocks show at first. Default 0. */
  readonly startMs?: number | undefined;
  /** Decides every `random()` of every clock. Default 1. */
  readonly seed?: number | undefined;
  /**
   * `free` (default): what is due now runs by itself, as on a real event loop, so a test can simply await; only the
   * time stands still. `held`: nothing runs outside `turn`, `settle`, `advance` and their kin.
   */
  readonly turns?: 'free' | 'held' | undefined;
  /** Turns at one moment before a wait rejects. Default `TURN_COUNT_MAX`. */
  readonly turnCountMax?: number | undefined;
}

export interface TimeLimit {
  /** The virtual time after which a wait rejects. Default `TIME_LIMIT_MS`. */
  readonly limitMs?: number | undefined;
}

export interface UntilOptions extends TimeLimit {
  /** Called before every step: a turn, a timer, or the time that moves on. What it brings about happens first. */
  readonly onStep?: (() => void) | undefined;
}

/** What a movement of the time line is for. */
interface Movement {
  readonly targetMs: number;
  readonly isDone: () => boolean;
  /** Whether those who wait meanwhile hear of it where nothing more can happen; otherwise they go on by themselves. */
  readonly givesUp?: boolean | undefined;
  readonly onStep?: (() => void) | undefined;
}

/**
 * A time line that moves by hand, for any number of clocks. Deferred calls and timers run one at a time, in an order
 * that depends on nothing but the calls made, and between two of them all promises settle. It knows only the clocks
 * that it made: sockets, files and the platform's own timers are not waited for.
 *
 * A callback that throws rejects the wait that runs it.
 */
export class VirtualTime {
  readonly #agenda: Agenda;
  readonly #seed: number;
  readonly #free: boolean;
  readonly #turnCountMax: number;
  #clockCount = 0;
  /** How many waits are running what is due: meanwhile nothing runs by itself. */
  #runnerCount = 0;
  #wakeUpQueued = false;
  #moving = false;
  /** They are aboard only while the time is being moved. */
  readonly #passengers = new Passengers();

  constructor(options: VirtualTimeOptions = {}) {
    this.#agenda = new Agenda(options.startMs ?? 0);
    this.#agenda.onDue = () => this.#runFreely();
    this.#seed = options.seed ?? 1;
    this.#free = options.turns !== 'held';
    this.#turnCountMax = options.turnCountMax ?? TURN_COUNT_MAX;
  }

  /** Another clock on this time line, with a timer and a random sequence of its own. */
  clock(name?: string): VirtualClock {
    this.#clockCount += 1;
    const random = seededRandom(this.#seed, this.#clockCount);
    return new VirtualClock(name ?? `clock ${this.#clockCount}`, this.#agenda, random);
  }

  /** What the clocks show: milliseconds, from `startMs` on. */
  get nowMs(): number {
    return this.#agenda.nowMs;
  }

  /** Timers set from now on fire this much after their time, as in a throttled tab. Default 0. */
  get timerLateMs(): number {
    return this.#agenda.timerLateMs;
  }

  set timerLateMs(lateMs: number) {
    this.#agenda.timerLateMs = duration('timerLateMs', lateMs);
  }

  /** Whether an `advance()`, `until()` or the like is under way; another one would be refused. */
  get isMoving(): boolean {
    return this.#moving;
  }

  /** What all clocks still have to do; empty at the end of a test that leaks nothing. */
  get pending(): readonly PendingWork[] {
    return this.#agenda.pending();
  }

  /** Lets promises settle, runs one thing that is due, lets promises settle again. False where nothing was due. */
  async turn(): Promise<boolean> {
    this.#runnerCount += 1;
    try {
      await nextMacrotask();
      const work = this.#agenda.takeDue();
      work?.();
      await nextMacrotask();
      return work !== undefined;
    } finally {
      this.#runnerCount -= 1;
      this.#runFreely();
    }
  }

  /**
   * Runs what is due until nothing is and all promises have settled. The time does not move. While somebody else moves
   * it, this runs nothing and waits until nothing is due.
   */
  async settle(): Promise<void> {
    const atMs = this.nowMs;
    while (this.#moving) if ((await this.ride({ to: 'moment', atMs })) !== 'halt') return;
    await this.#run({ isDone: () => false });
  }

  /**
   * Waits while somebody else moves the time, and resolves with why that ended: for a helper that has to wait whether or
   * not the test that uses it is in an `until()`. Runs nothing and moves nothing; where nobody moves the time, it
   * resolves with `halt` at once.
   */
  ride(ride: Ride): Promise<RideEnd> {
    return this.#moving ? this.#passengers.ride(ride) : Promise.resolve('halt');
  }

  /** Moves the time on by `ms`, stopping at every timer on the way. */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.nowMs + duration('advance()', ms));
  }

  /** Moves the time on to `atMs`, stopping at every timer on the way. */
  async advanceTo(atMs: number): Promise<void> {
    if (!(atMs >= this.nowMs)) throw new RangeError(`advanceTo(${atMs}): it is ${this.nowMs} ms already`);
    await this.#move({ targetMs: atMs, isDone: () => false });
    this.#agenda.nowMs = Math.max(this.#agenda.nowMs, atMs);
  }

  /**
   * Moves the time on by `ms` at once and runs nothing, as if the machine had been suspended. Whatever fell due
   * meanwhile fires late, after what is done before the next await: input that arrived during the sleep, say.
   */
  jump(ms: number): void {
    this.#agenda.nowMs += duration('jump()', ms);
    this.#runFreely();
  }

  /**
   * Settles as `promise` does, moving the time on as far as that takes and no further. Rejects where nothing is left
   * that could settle it, or the limit has passed, and names what is pending then.
   */
  async until<T>(promise: Promise<T>, { limitMs = TIME_LIMIT_MS, onStep }: UntilOptions = {}): Promise<T> {
    let settled = false;
    const settle = (): void => void (settled = true);
    promise.then(settle, settle);
    await this.#move({ targetMs: this.nowMs + limitMs, isDone: () => settled, givesUp: true, onStep });
    if (!settled) throw this.#stuck('the promise is still pending');
    return promise;
  }

  /** Moves the time on until no clock has anything left to do. A session that keeps its connection alive never ends. */
  async runUntilIdle({ limitMs = TIME_LIMIT_MS }: TimeLimit = {}): Promise<void> {
    await this.#move({ targetMs: this.nowMs + limitMs, isDone: () => false });
    if (this.pending.length > 0) throw this.#stuck(`there is still something to do after ${limitMs} ms`);
  }

  async #move(movement: Movement): Promise<void> {
    if (this.#moving) throw new Error('the time is being moved already: await one advance() or until() after another');
    this.#moving = true;
    try {
      for (let standstillCount = 0; standstillCount <= this.#turnCountMax; standstillCount += 1) {
        await this.#run(movement);
        if (movement.isDone()) return;
        // Another wait runs what is due and is not through: no time passes.
        if (this.#runnerCount > 0 || this.#passengers.arrive(this.nowMs)) continue;
        const nextMs = this.#nextMs;
        if (nextMs !== undefined && this.#passengers.giveUpBefore(nextMs)) continue;
        if (nextMs === undefined || nextMs > movement.targetMs) {
          const why = nextMs === undefined ? 'nothing-left' : 'limit-reached';
          if (movement.givesUp === true && this.#passengers.giveUp(why)) continue;
          return;
        }
        this.#agenda.nowMs = Math.max(this.#agenda.nowMs, nextMs);
        standstillCount = 0;
      }
      throw this.#endless();
    } finally {
      this.#moving = false;
      this.#passengers.halt();
    }
  }

  /** When something is to happen next: a timer, or a moment that somebody waits for. */
  get #nextMs(): number | undefined {
    const nextMs = Math.min(
      this.#agenda.nextTimerMs ?? Number.POSITIVE_INFINITY,
      this.#passengers.nextMomentMs ?? Number.POSITIVE_INFINITY,
    );
    return nextMs === Number.POSITIVE_INFINITY ? undefined : nextMs;
  }

  async #run({ isDone, onStep }: Pick<Movement, 'isDone' | 'onStep'>): Promise<void> {
    this.#runnerCount += 1;
    try {
      for (let turnCount = 0; turnCount <= this.#turnCountMax; turnCount += 1) {
        await nextMacrotask();
        if (isDone()) return;
        if (onStep !== undefined) {
          onStep();
          await nextMacrotask();
          if (isDone()) return;
        }
        const work = this.#agenda.takeDue();
        if (work === undefined) return;
        work();
      }
      throw this.#endless();
    } finally {
      this.#runnerCount -= 1;
      this.#runFreely();
    }
  }

  #runFreely(): void {
    if (!this.#free || this.#wakeUpQueued || this.#runnerCount > 0 || !this.#agenda.isDue) return;
    this.#wakeUpQueued = true;
    macrotask(() => {
      this.#wakeUpQueued = false;
      if (this.#runnerCount > 0) return;
      const work = this.#agenda.takeDue();
      this.#runFreely();
      work?.();
    });
  }

  #endless(): Error {
    return this.#stuck(`${this.#turnCountMax} turns have run and the time stands still`);
  }

  #stuck(what: string): Error {
    const list = this.pending.slice(0, 10).map(({ clock, kind, atMs }) => `${kind} of ${clock} at ${atMs} ms`);
    const rest = this.pending.length - list.length;
    if (rest > 0) list.push(`and ${rest} more`);
    return new Error(`At ${this.nowMs} ms ${what}. Left to do: ${list.length === 0 ? 'nothing' : list.join(', ')}.`);
  }
}

function duration(what: string, ms: number): number {
  if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) throw new RangeError(`${what} wants 0 ms or more, not ${ms}`);
  return ms;
}
