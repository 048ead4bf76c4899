import type { Request, RequestAnswer } from '../protocol/operation.ts';
import { Backlog } from './backlog.ts';
import type { Wait } from './wait.ts';

/** Subscribes and unsubscribes: those that wait for room, and those that wait for their answer. */
export class RequestQueue {
  readonly #backlog = new Backlog();
  /** Made with the first. */
  #answers: Map<Request, Wait<RequestAnswer>> | null = null;

  /** Submits a request now, or when those before it have had their turn. Throws what `submit` throws. */
  add(submit: () => Request | null, makeWait: () => Wait<RequestAnswer>): Promise<RequestAnswer> {
    const request = this.#backlog.isEmpty ? submit() : null;
    const wait = makeWait();
    const isGoing = (submitted: Request | null): boolean => {
      if (submitted === null) return false;
      const answers = (this.#answers ??= new Map());
      answers.set(submitted, wait);
      wait.onCancel = () => void answers.delete(submitted);
      return true;
    };
    if (!isGoing(request)) this.#backlog.add(wait, () => isGoing(submit()));
    return wait.promise;
  }

  /** There may be room now. */
  drain(): void {
    this.#backlog.drain();
  }

  settled(request: Request): void {
    const wait = this.#answers?.get(request);
    if (wait === undefined) return;
    this.#answers!.delete(request);
    if (request.state === 'complete') wait.resolve(request.answer!);
    else wait.reject(request.error);
  }
}
