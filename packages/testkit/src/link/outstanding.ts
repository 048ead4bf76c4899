interface Waiting {
  readonly attempt: () => number | undefined;
  readonly resolve: (count: number) => void;
  readonly reject: (error: unknown) => void;
  /** A promised answer may not come before its time, even where it could. */
  isReady: boolean;
}

/** The one read, or the one write, that an end has outstanding: tried anew whenever its direction has changed. */
export class Outstanding {
  #waiting: Waiting | undefined;

  get isPending(): boolean {
    return this.#waiting !== undefined;
  }

  /** Answers at once, or with a promise: in `later` at the earliest, where that is given. The bytes move only then. */
  start(attempt: () => number | undefined, later?: (fn: () => void) => void): number | Promise<number> {
    if (later === undefined) {
      const count = attempt();
      if (count !== undefined) return count;
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { attempt, resolve, reject, isReady: later === undefined };
      this.#waiting = waiting;
      later?.(() => {
        waiting.isReady = true;
        this.retry();
      });
    });
  }

  retry(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || !waiting.isReady) return;
    // What the attempt moves makes the other end move too, which comes back to here before the attempt has returned.
    this.#waiting = undefined;
    try {
      const count = waiting.attempt();
      if (count === undefined) this.#waiting = waiting;
      else waiting.resolve(count);
    } catch (error) {
      waiting.reject(error);
    }
  }
}
