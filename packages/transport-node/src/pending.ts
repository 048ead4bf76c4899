let lastResolve: (count: number) => void;
let lastReject: (error: Error) => void;

/** Runs within `new Promise`, so that one closure serves all. */
function takeSettlers(resolve: (count: number) => void, reject: (error: Error) => void): void {
  lastResolve = resolve;
  lastReject = reject;
}

/** The promise of a count: one at a time, and no closure for each. */
export class PendingCount {
  #resolve: ((count: number) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;

  get active(): boolean {
    return this.#resolve !== undefined;
  }

  start(): Promise<number> {
    const promise = new Promise<number>(takeSettlers);
    this.#resolve = lastResolve;
    this.#reject = lastReject;
    return promise;
  }

  /** Does nothing while nobody waits. */
  resolve(count: number): void {
    const resolve = this.#resolve;
    this.#clear();
    resolve?.(count);
  }

  /** Does nothing while nobody waits. */
  reject(error: Error): void {
    const reject = this.#reject;
    this.#clear();
    reject?.(error);
  }

  #clear(): void {
    this.#resolve = undefined;
    this.#reject = undefined;
  }
}
