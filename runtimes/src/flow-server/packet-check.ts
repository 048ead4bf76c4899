import { MESSAGE_COUNT } from '../flow/plan.ts';
import { DISCONNECT_TYPE, publishOf } from './packets.ts';

/** Looks at what a publisher sends after its CONNECT: every message, whole and in order, then a DISCONNECT. */
export class PacketCheck {
  #publishedCount = 0;
  #expected: Uint8Array = publishOf(0);
  /** The next byte of it. */
  #at = 0;
  #wrongCount = 0;
  #hasDisconnected = false;

  take(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length;) {
      if (this.#publishedCount === MESSAGE_COUNT) {
        this.#hasDisconnected ||= bytes[start] === DISCONNECT_TYPE;
        return;
      }
      const count = Math.min(bytes.length - start, this.#expected.length - this.#at);
      for (let index = 0; index < count; index += 1) {
        if (bytes[start + index] !== this.#expected[this.#at + index]) this.#wrongCount += 1;
      }
      start += count;
      this.#at += count;
      if (this.#at === this.#expected.length) this.#next();
    }
  }

  /** What was not as it should be, in words. */
  problems(): readonly string[] {
    const problems: string[] = [];
    if (this.#wrongCount > 0) problems.push(`${this.#wrongCount} bytes that came were wrong`);
    if (this.#publishedCount < MESSAGE_COUNT) problems.push(`only ${this.#publishedCount} messages came`);
    else if (!this.#hasDisconnected) problems.push('no DISCONNECT came');
    return problems;
  }

  #next(): void {
    this.#publishedCount += 1;
    this.#at = 0;
    if (this.#publishedCount < MESSAGE_COUNT) this.#expected = publishOf(this.#publishedCount);
  }
}
