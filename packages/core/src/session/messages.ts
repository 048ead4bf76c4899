import type { OwnedPublish } from '../protocol/inbound-publish.ts';

/** Where an iterator takes its messages from. */
export interface MessageFeed {
  /** The next message as a copy, at once where it has arrived; `null`: the connection is gone, and nothing is left of it. */
  nextOwned(): OwnedPublish | null | Promise<OwnedPublish | null>;
  /** Nobody waits for the next message any more. */
  leave(): void;
}

/** The messages of one connection, as copies. Written by hand: a generator would cost promises for each. */
export class Messages implements AsyncIterableIterator<OwnedPublish, undefined> {
  readonly #feed: MessageFeed;
  #done = false;
  readonly #toResult = (message: OwnedPublish | null): IteratorResult<OwnedPublish, undefined> => {
    if (message === null) this.#done = true;
    return message === null ? { done: true, value: undefined } : { done: false, value: message };
  };

  constructor(feed: MessageFeed) {
    this.#feed = feed;
  }

  next(): Promise<IteratorResult<OwnedPublish, undefined>> {
    if (this.#done) return Promise.resolve({ done: true, value: undefined });
    try {
      const message = this.#feed.nextOwned();
      return message instanceof Promise ? message.then(this.#toResult) : Promise.resolve(this.#toResult(message));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Leaving the loop. The message in hand stays unacknowledged. */
  return(): Promise<IteratorResult<OwnedPublish, undefined>> {
    this.#done = true;
    this.#feed.leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
