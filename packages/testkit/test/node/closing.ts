import { afterEach } from 'vitest';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Calls `close` when the test is over; the last one first. */
export function atEnd(close: () => unknown): void {
  closing.push(close);
}
