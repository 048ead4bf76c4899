/**
 * The promise of a call in a script. It can tell whether somebody waits for it: only then may it move virtual time, or
 * give up. One that nobody waits for stays quiet, even when it fails; the script as a whole reports that.
 */
export class Call<T> extends Promise<T> {
  /** Resolves when somebody begins to wait. */
  readonly awaited: Promise<void>;
  readonly #setAwaited: () => void;

  constructor(executor: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason: unknown) => void) => void) {
    super(executor);
    let setAwaited = (): void => {};
    this.awaited = new Promise((resolve) => (setAwaited = resolve));
    this.#setAwaited = setAwaited;
    super.then(undefined, () => {});
  }

  /** What is derived from a call is a plain promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise; this is how it learns that somebody waits.
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#setAwaited();
    return super.then(onFulfilled, onRejected);
  }
}
