export type CallEnd<T> = { readonly value: T } | { readonly error: unknown };

const NOW: Promise<void> = Promise.resolve();

/** A call that answers now or later, or fails now or later: all the same to who waits for it. */
export class Call<T> {
  /** In words, for messages. */
  readonly what: string;
  /** Never rejects. */
  readonly settled: Promise<void>;
  #end: CallEnd<T> | undefined;

  constructor(what: string, start: () => T | Promise<T>) {
    this.what = what;
    this.settled = NOW;
    try {
      const answer = start();
      if (isPromise(answer)) {
        this.settled = answer.then(
          (value) => void (this.#end = { value }),
          (error: unknown) => void (this.#end = { error }),
        );
      } else this.#end = { value: answer };
    } catch (error) {
      this.#end = { error };
    }
  }

  get end(): CallEnd<T> | undefined {
    return this.#end;
  }
}

/** A read or a write, which lends its buffer. */
export class Transfer extends Call<number> {
  readonly buffer: Uint8Array;
  /** Of the buffer when it was lent. */
  readonly lengthBytes: number;

  constructor(what: string, buffer: Uint8Array, start: () => number | Promise<number>) {
    const { length } = buffer;
    super(what, start);
    this.buffer = buffer;
    this.lengthBytes = length;
  }
}

/** How a call ended, for messages. */
export function endInWords(end: CallEnd<unknown>): string {
  return 'error' in end ? `rejected with ${errorInWords(end.error)}` : `resolved with ${String(end.value)}`;
}

export function errorInWords(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `${typeof error} ${String(error)}`;
}

function isPromise<T>(answer: T | Promise<T>): answer is Promise<T> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function';
}
