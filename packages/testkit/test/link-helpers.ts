import type { Io } from '@minimq/core';

export function bytes(...values: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(values);
}

/** 0, 1, 2, … 250, 0, 1, …: with a period that is no power of two, so that a slip by a block shows. */
export function counting(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

/** Writes all of `message`, in as many writes as it takes. */
export async function sendAll(io: Io, message: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let sent = 0; sent < message.length;) {
    const answer = io.write(message.subarray(sent));
    sent += typeof answer === 'number' ? answer : await answer;
  }
}

/** Reads `count` bytes, or all up to the end of the stream, in as many reads as it takes. */
export async function readAll(io: Io, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const received = new Uint8Array(count);
  let length = 0;
  while (length < count) {
    const answer = io.read(received.subarray(length));
    const more = typeof answer === 'number' ? answer : await answer;
    if (more === 0) break;
    length += more;
  }
  return received.subarray(0, length);
}

/** Whether an answer is still open after everything that can run now has run. */
export async function isPending(answer: number | Promise<number>): Promise<boolean> {
  if (typeof answer === 'number') return false;
  let settled = false;
  const settle = (): void => void (settled = true);
  answer.then(settle, settle);
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return !settled;
}
