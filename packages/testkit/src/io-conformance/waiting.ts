import { RealPatience } from '../script/patience.ts';
import { endInWords, errorInWords, type Call, type CallEnd } from './call.ts';
import { fail } from './fail.ts';
import type { IoConformanceSettings } from './options.ts';

/** Turns after which something that has not happened is taken not to happen. */
const QUIET_TURN_COUNT = 100;

/** Waits that end. */
export class Waiting {
  readonly #limitMs: number;
  readonly #turn: () => Promise<void>;

  constructor({ limitMs, turn }: IoConformanceSettings) {
    this.#limitMs = limitMs;
    this.#turn = turn;
  }

  async resultOf<T>(call: Call<T>): Promise<T> {
    const end = await this.endOf(call);
    if ('error' in end) fail(`${call.what} rejected with ${errorInWords(end.error)}`, end.error);
    return end.value;
  }

  /** Waits until it has settled, however, and fails where it has not in time. */
  async endOf<T>(call: Call<T>): Promise<CallEnd<T>> {
    await this.inTime(call);
    if (call.end === undefined) fail(`${call.what} has not settled within ${this.#limitMs} ms`);
    return call.end;
  }

  /** Waits until it has settled, for `limitMs` at most. */
  async inTime(call: Call<unknown>): Promise<void> {
    if (call.end !== undefined) return;
    const late = await new RealPatience(this.#limitMs).wait(call.settled);
    // Where the machine stood still, the limit has come together with what was waited for.
    if (late !== undefined) await this.soon(call);
  }

  /** It must not have settled by the time that a hundred turns have passed. */
  async mustPend(call: Call<unknown>, why: string): Promise<void> {
    await this.soon(call);
    if (call.end !== undefined) fail(`${call.what} ${endInWords(call.end)}, though ${why}`);
  }

  /** Waits until it has settled, for a hundred turns at most. */
  async soon(call: Call<unknown>): Promise<void> {
    for (let turnCount = 0; turnCount < QUIET_TURN_COUNT && call.end === undefined; turnCount += 1) {
      await this.#turn();
    }
  }

  /** Waits until `progress` has kept its value for a hundred turns. */
  async quiet(progress: () => unknown): Promise<void> {
    let last = progress();
    for (let turnCount = 0; turnCount < QUIET_TURN_COUNT; turnCount += 1) {
      await this.#turn();
      const now = progress();
      if (now !== last) turnCount = 0;
      last = now;
    }
  }

  turn(): Promise<void> {
    return this.#turn();
  }
}
