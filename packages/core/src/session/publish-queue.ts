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
  /** Made with the first. */
  #waiting: Set<Waiting> | null = null;

  get isEmpty(): boolean {
    return this.#waiting === null || this.#waiting.size === 0;
  }

  add(publication: Publication, operation: SessionOp, wait: Wait<SessionOp>): void {
    const queue = (this.#waiting ??= new Set());
    const waiting = { publication, operation, wait };
    queue.add(waiting);
    wait.onCancel = () => void queue.delete(waiting);
  }

  /** Offers each to `accept`, first come first served, until one has to go on waiting. */
  drain(accept: (operation: SessionOp, publication: Publication) => boolean): void {
    const queue = this.#waiting;
    if (queue === null) return;
    for (const waiting of queue) {
      const { publication, operation, wait } = waiting;
      try {
        if (!accept(operation, publication)) return;
        wait.resolve(operation);
      } catch (error) {
        wait.reject(error);
      }
      queue.delete(waiting);
    }
  }
}
