import type { Request, RequestAnswer } from '../protocol/operation.ts';
import type { Wait } from './wait.ts';

interface Waiting {
  /** Offers it to the engine; `null`: there is no room yet. */
  readonly submit: () => Request | null;
  readonly wait: Wait<RequestAnswer>;
}

/** Subscribes and unsubscribes: those that wait for room, and those that wait for their answer. */
export class RequestQueue {
  /** Both made with the first. */
  #waiting: Set<Waiting> | null = null;
  #answers: Map<Request, Wait<RequestAnswer>> | null = null;

  /** Submits a request now, or when those before it have had their turn. Throws what `submit` throws. */
  add(submit: () => Request | null, makeWait: () => Wait<RequestAnswer>): Promise<RequestAnswer> {
    const queue = (this.#waiting ??= new Set());
    const request = queue.size === 0 ? submit() : null;
    const wait = makeWait();
    if (request !== null) this.#expectAnswer(request, wait);
    else {
      const waiting = { submit, wait };
      queue.add(waiting);
      wait.onCancel = () => void queue.delete(waiting);
    }
    return wait.promise;
  }

  /** There may be room now. */
  drain(): void {
    const queue = this.#waiting;
    if (queue === null) return;
    for (const waiting of queue) {
      const { submit, wait } = waiting;
      try {
        const request = submit();
        if (request === null) return;
        this.#expectAnswer(request, wait);
      } catch (error) {
        wait.reject(error);
      }
      queue.delete(waiting);
    }
  }

  settled(request: Request): void {
    const wait = this.#answers?.get(request);
    if (wait === undefined) return;
    this.#answers!.delete(request);
    if (request.state === 'complete') wait.resolve(request.answer!);
    else wait.reject(request.error);
  }

  #expectAnswer(request: Request, wait: Wait<RequestAnswer>): void {
    const answers = (this.#answers ??= new Map());
    answers.set(request, wait);
    wait.onCancel = () => void answers.delete(request);
  }
}
