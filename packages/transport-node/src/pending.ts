/** The promise of a count: one at a time, and no closure for each. */
export class PendingCount {
  #resolve: ((count: number) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;
  readonly #executor = (resolve: (count: number) => void, reject: (error: Error) => void): void => {
    this.#resolve = resolve;
    this.#reject = reject;
  };

  get active(): boolean {
    return this.#resolve !== undefined;
  }

  start(): Promise<number> {
    return new Promise<number>(this.#executor);
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
