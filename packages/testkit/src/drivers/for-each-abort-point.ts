import { RecordingBench, type Bench, type DriverOptions, type Exchange } from './bench.ts';
import { begin, runOnce, unlike, UNTROUBLED } from './run.ts';

/** A step is what a `VirtualTime` does at once: a turn, or a timer, and all promises that settle behind it. */
export interface AbortPoint {
  /** 0: aborted before the exchange begins; n: when n - 1 steps are over. */
  readonly step: number;
}

export interface AbortBench extends Bench {
  /** Aborts at one point of the exchange, another one in each run. */
  readonly signal: AbortSignal;
  /**
   * Makes a call with the signal and, where it rejects because of that, once more without: what a program does that has
   * given up a wait and comes back. `attempt((options) => session.recv(options))`
   */
  readonly attempt: <T>(call: (options: { readonly signal?: AbortSignal }) => T | Promise<T>) => Promise<T>;
}

export interface ForEachAbortPointOptions extends DriverOptions {
  /** Only this run, as the message of a failure names it. */
  readonly only?: AbortPoint | undefined;
}

/**
 * Runs an exchange once without trouble, to count its steps, and then once for every step at which its `signal` can
 * abort. Links answer in turns, unless `link` says otherwise: that makes many steps. Nothing may be lost by giving up.
 *
 * Resolves with the points that were tried. Rejects with a `TroubleError` at the first run that fails, or that takes more
 * than `limitMs` of virtual time.
 */
export async function forEachAbortPoint(
  exchange: Exchange<AbortBench>,
  options: ForEachAbortPointOptions = {},
): Promise<readonly AbortPoint[]> {
  const points = options.only === undefined ? await allPoints(exchange, options) : [options.only];
  for (const point of points) {
    const { step } = point;
    const bench = new SteppedBench(options);
    await runOnce(bench, { where: `where its signal aborts at step ${step}`, position: point }, async () => {
      const stepCount = await bench.play(exchange, (at) => at === step && bench.abort(step));
      if (!bench.signal.aborted) throw unlike(`it is over after ${stepCount} steps`);
    });
  }
  return points;
}

async function allPoints(
  exchange: Exchange<AbortBench>,
  options: ForEachAbortPointOptions,
): Promise<readonly AbortPoint[]> {
  const bench = new SteppedBench(options);
  let stepCount = 0;
  await runOnce(bench, UNTROUBLED, async () => {
    stepCount = await bench.play(exchange, () => {});
  });
  return Array.from({ length: stepCount }, (_, step) => ({ step }));
}

class SteppedBench extends RecordingBench implements AbortBench {
  readonly #controller = new AbortController();
  readonly signal: AbortSignal = this.#controller.signal;
  readonly #limitMs: number | undefined;

  constructor(options: DriverOptions) {
    super({ ...options, link: { answers: 'turn', ...options.link }, time: { turns: 'held' } });
    this.#limitMs = options.limitMs;
  }

  abort(step: number): void {
    this.#controller.abort(new Error(`aborted at step ${step}`));
  }

  readonly attempt: AbortBench['attempt'] = async (call) => {
    const { signal } = this;
    try {
      return await call({ signal });
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      return call({});
    }
  };

  /** Calls `onStep` before every step; returns how many there were. */
  async play(exchange: Exchange<AbortBench>, onStep: (step: number) => unknown): Promise<number> {
    let stepCount = 0;
    const step = (): void => {
      onStep(stepCount);
      stepCount += 1;
    };
    step();
    await this.time.until(begin(exchange, this), { limitMs: this.#limitMs, onStep: step });
    return stepCount;
  }
}
