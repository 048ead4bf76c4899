import type { Explanation, ReceivedMessage } from '../client.ts';

/** The application of a case: gets what the client hands over, and is as fast, as slow or as faulty as the case wants. */
export class Inbox {
  readonly received: ReceivedMessage[] = [];
  #held: Promise<void> = Promise.resolve();
  #release: () => void = () => {};
  #failure: Error | undefined;
  #answer: readonly [reasonCode: number, properties?: Explanation] | undefined;
  readonly #waiting = new Set<() => void>();

  /** What has been handed over, as `topic payload`. */
  get texts(): readonly string[] {
    return this.received.map(({ topic, payload }) => `${topic} ${new TextDecoder().decode(payload)}`);
  }

  /** From here on the application does not finish with a message, until `release()`. */
  hold(): void {
    this.#held = new Promise((resolve) => (this.#release = resolve));
  }

  release(): void {
    this.#release();
  }

  /** From here on the handler throws. */
  fail(): void {
    this.#failure = new Error('The handler of this case fails');
  }

  /** From here on the handler acknowledges with this code; for cases with `negativeAck`. */
  ackWith(reasonCode: number, properties?: Explanation): void {
    this.#answer = properties === undefined ? [reasonCode] : [reasonCode, properties];
  }

  /** Resolves when so many messages have been handed over. */
  async count(count: number): Promise<readonly ReceivedMessage[]> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.#waiting.add(resolve));
    return this.received;
  }

  /** The client calls it. */
  readonly deliver = async (message: ReceivedMessage): Promise<void> => {
    this.received.push(message);
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
    if (this.#answer !== undefined) message.ack?.(...this.#answer);
    if (this.#failure !== undefined) throw this.#failure;
    await this.#held;
  };
}
