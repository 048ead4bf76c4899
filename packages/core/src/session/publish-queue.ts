import type { SessionOp } from './op.ts';
import type { Publication } from '../protocol/publication.ts';
import type { Wait } from './wait.ts';

/** A publish that waits for room or quota, with the caller's objects. */
interface Waiting {
  readonly publication: Publication;
  readonly operation: SessionOp;
  readonly wait: Wait<SessionOp>;
}

/** Publishes that wait to be accepted, in the order of their calls. */
export class PublishQueue {
  readonly #waiting = new Set<Waiting>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  add(publication: Publication, operation: SessionOp, wait: Wait<SessionOp>): void {
    const waiting = { publication, operation, wait };
    this.#waiting.add(waiting);
    wait.onCancel = () => void this.#waiting.delete(waiting);
  }

  /** Offers each to `accept`, first come first served, until one has to go on waiting. */
  drain(accept: (operation: SessionOp, publication: Publication) => boolean): void {
    for (const waiting of this.#waiting) {
      const { publication, operation, wait } = waiting;
      try {
        if (!accept(operation, publication)) return;
        wait.resolve(operation);
      } catch (error) {
        wait.reject(error);
      }
      this.#waiting.delete(waiting);
    }
  }
}
