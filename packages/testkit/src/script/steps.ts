import { Call } from './call.ts';
import { callSite, type CallSite } from './call-site.ts';
import type { Patience } from './patience.ts';

/** The one failure of a script: the first. Everything that waits hears of it. */
export class Failing {
  readonly #listeners = new Set<(error: unknown) => void>();
  /** Called with the failure, when everybody who waits has heard of it. */
  onFail: (error: unknown) => void = () => {};
  #failure: { readonly error: unknown } | undefined;

  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    for (const listener of this.#listeners) listener(error);
    this.#listeners.clear();
    this.onFail(error);
  }

  /** Settles as `promise` does, or rejects with the failure if that is earlier. */
  guard<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure.error);
      this.#listeners.add(reject);
      const done = (): void => void this.#listeners.delete(reject);
      promise.then(
        (value) => {
          done();
          resolve(value);
        },
        (error: unknown) => {
          done();
          reject(error);
        },
      );
    });
  }
}

/** One step while it runs. */
export interface Step {
  readonly site: CallSite;
  /** As it stands in the script: `expect.publish({ topic: 'a' })`. */
  readonly text: string;
  /** Resolves when the test waits for this step, or for a later one: no time passes before. */
  readonly awaited: Promise<void>;
  /** Waits for `promise`, as long as the script has patience; then throws what `givenUp` returns. */
  wait<T>(promise: Promise<T>, limitMs: number | undefined, givenUp: (why: string) => unknown): Promise<T>;
}

/** Runs steps one after the other, in the order in which they were called, whether somebody waits for them or not. */
export class Steps {
  readonly #patience: Patience;
  readonly #failing: Failing;
  readonly #open = new Map<Step, () => void>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(patience: Patience, failing: Failing) {
    this.#patience = patience;
    this.#failing = failing;
  }

  /** The steps that have not come to their end. */
  get open(): readonly Step[] {
    return [...this.#open.keys()];
  }

  /** Waits for the steps that were called so far. */
  async finish(): Promise<void> {
    for (const setAwaited of this.#open.values()) setAwaited();
    await this.#last;
  }

  /** To be called by the function that the test has called, so that the line in the test is known. */
  add<T>(text: string, run: (step: Step) => T | Promise<T>): Call<T> {
    const site = callSite(2);
    let resolve!: (value: T | PromiseLike<T>) => void;
    let reject!: (error: unknown) => void;
    const call = new Call<T>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    let setAwaited!: () => void;
    const awaited = new Promise<void>((onAwaited) => (setAwaited = onAwaited));
    const wait: Step['wait'] = (promise, limitMs, givenUp) => this.#wait(awaited, promise, limitMs, givenUp);
    const step: Step = { site, text, awaited, wait };
    this.#open.set(step, setAwaited);
    // Whoever waits for this step waits for those before it.
    void call.awaited.then(() => {
      for (const [earlier, setEarlierAwaited] of this.#open) {
        setEarlierAwaited();
        if (earlier === step) break;
      }
    });
    this.#last = this.#last.then(async () => {
      try {
        if (this.#failing.failure !== undefined) throw this.#failing.failure.error;
        resolve(await this.#failing.guard(Promise.resolve(run(step))));
      } catch (error) {
        reject(error);
        this.#failing.fail(error);
      } finally {
        this.#open.delete(step);
      }
    });
    return call;
  }

  async #wait<T>(
    awaited: Promise<void>,
    promise: Promise<T>,
    limitMs: number | undefined,
    givenUp: (why: string) => unknown,
  ): Promise<T> {
    const patience = awaited.then(() => this.#patience.wait(this.#failing.guard(promise), limitMs));
    // An error of a callback on virtual time belongs to whoever moves the time.
    patience.catch((error: unknown) => this.#failing.fail(error));
    const settled = promise.then(
      () => undefined,
      () => undefined,
    );
    const why = await Promise.race([settled, patience]);
    if (why !== undefined) throw givenUp(why);
    return promise;
  }
}
