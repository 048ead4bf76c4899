import type { Wait } from './wait.ts';

type Cancellable = Pick<Wait<unknown>, 'reject' | 'onCancel'>;

interface Waiting {
  readonly wait: Cancellable;
  readonly attempt: () => boolean;
}

/** Calls that wait for room or quota, in their order. */
export class Backlog {
  /** Made with the first. */
  #waiting: Set<Waiting> | null = null;

  get isEmpty(): boolean {
    return this.#waiting === null || this.#waiting.size === 0;
  }

  /** `attempt` tells whether it has succeeded; what it throws is what `wait` rejects with. */
  add(wait: Cancellable, attempt: () => boolean): void {
    const all = (this.#waiting ??= new Set());
    const waiting = { wait, attempt };
    all.add(waiting);
    wait.onCancel = () => void all.delete(waiting);
  }

  /** Lets each have its turn, first come first served, until one has to go on waiting. */
  drain(): void {
    if (this.#waiting === null) return;
    for (const waiting of this.#waiting) {
      try {
        if (!waiting.attempt()) return;
      } catch (error) {
        waiting.wait.reject(error);
      }
      this.#waiting.delete(waiting);
    }
  }
}
