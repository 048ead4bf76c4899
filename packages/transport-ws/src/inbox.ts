import { ByteQueue } from './byte-queue.ts';
import { invalid } from './options.ts';

/** The reading half: what has arrived, at most one read that waits for more, and how it ended. */
export class Inbox {
  readonly #queue = new ByteQueue();
  /** The pending read's. */
  #target: Uint8Array<ArrayBuffer> | undefined;
  #resolve: ((count: number) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;
  #ended = false;
  #failure: Error | undefined;

  /** Whether a read is pending, which means that nothing is queued. */
  get waiting(): boolean {
    return this.#target !== undefined;
  }

  get length(): number {
    return this.#queue.length;
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    if (buffer.length === 0) throw invalid('No room to read into');
    if (this.#target) throw invalid('One read at a time');
    if (this.#queue.length > 0) return this.#queue.take(buffer);
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#ended) return 0;
    this.#target = buffer;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** `bytes` may be kept, and written to, where they are all of a large buffer. */
  push(bytes: Uint8Array): void {
    const target = this.#target;
    if (!target || bytes.length === 0) {
      this.#queue.push(bytes);
      return;
    }
    const count = Math.min(bytes.length, target.length);
    target.set(bytes.subarray(0, count));
    if (count < bytes.length) this.#queue.push(bytes, count);
    this.#target = undefined;
    this.#resolve?.(count);
  }

  /** Once what has arrived is read, every read rejects with this error, or answers 0. The first end stays. */
  end(failure?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    if (!this.#target) return;
    this.#target = undefined;
    if (failure) this.#reject?.(failure);
    else this.#resolve?.(0);
  }

  /** Answers a pending read with 0, forgets its buffer, and throws away what is queued. */
  close(failure: Error): void {
    if (this.#target) this.end();
    this.end(failure);
    this.#failure ??= failure;
    this.#queue.clear();
  }
}
