/** Round trips after which something that has not moved is taken to stand still. */
const STILL_TURN_COUNT = 50;
/** Far more than any answer takes. */
const LIMIT_MS = 60_000;

/** What the server has seen of the stream. */
export interface Progress {
  /** Bytes that it has handed to the operating system. */
  readonly sentBytes: number;
}

/** What the server can be told. */
export const ORDERS = ['progress', 'read', 'over', 'gone', 'cut'] as const;
export type FlowOrder = (typeof ORDERS)[number];

/** Tells the server over HTTP when to read on, and hears from it what it has seen. */
export class Control {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The server begins to read. */
  async readOn(): Promise<void> {
    await this.#ask('read');
  }

  /** The server breaks the connection off. */
  async cut(): Promise<void> {
    await this.#ask('cut');
  }

  /** Resolves when the stream has come to its end on the server's side. */
  over(): Promise<Progress> {
    return this.#ask('over');
  }

  /** Asks for the progress again and again, until what `measure` makes of it has kept its value for many round trips. */
  async untilStill(measure: (progress: Progress) => number): Promise<number> {
    let last = -1;
    for (let stillTurnCount = 0; stillTurnCount < STILL_TURN_COUNT; stillTurnCount += 1) {
      const now = measure(await this.#ask('progress'));
      if (now !== last) stillTurnCount = 0;
      last = now;
    }
    return last;
  }

  /** Resolves when our end of the stream no longer exists, though the server has not read what came last. */
  async gone(): Promise<void> {
    await this.#ask('gone');
  }

  async #ask(order: FlowOrder): Promise<Progress> {
    const response = await fetch(`${this.#url}/${order}`, { signal: AbortSignal.timeout(LIMIT_MS) });
    return (await response.json()) as Progress;
  }
}
