import { seededRandom } from '@minimq/testkit';
import { expect, it } from 'vitest';
import { ByteQueue } from '../src/byte-queue.ts';
import { pattern, wrongBytes } from './support.ts';

it('gives back what it was given, in order, whatever the sizes', () => {
  const random = seededRandom(7);
  const queue = new ByteQueue();
  let pushed = 0;
  let taken = 0;
  for (let i = 0; i < 20_000; i++) {
    const bytes = pattern(pushed, Math.floor(random() ** 4 * 5_000));
    queue.push(bytes);
    bytes.fill(0xee);
    pushed += bytes.length;
    const target = new Uint8Array(Math.floor(random() ** 4 * 6_000));
    const count = queue.take(target);
    expect(wrongBytes(target.subarray(0, count), taken)).toBe(0);
    taken += count;
    expect(queue.length).toBe(pushed - taken);
  }
  expect(taken).toBeGreaterThan(10_000_000);
});

it('keeps a large buffer as it is, and copies a window on one', () => {
  const large = pattern(0, 100_000);
  const window = new Uint8Array(200_000).subarray(0, 100_000);
  window.set(large);
  for (const [bytes, isKept] of [
    [large, true],
    [window, false],
  ] as const) {
    const queue = new ByteQueue();
    queue.push(bytes, 10);
    bytes[10] = 0xee;
    const target = new Uint8Array(99_990);
    expect(queue.take(target)).toBe(99_990);
    expect(target[0]).toBe(isKept ? 0xee : pattern(10, 1)[0]);
    expect(wrongBytes(target.subarray(1), 11)).toBe(0);
  }
});

it('goes on behind a large buffer that was read in part', () => {
  const queue = new ByteQueue();
  queue.push(pattern(0, 100_000), 0);
  expect(queue.take(new Uint8Array(60_000))).toBe(60_000);
  queue.push(pattern(100_000, 30_000));
  queue.push(pattern(130_000, 90_000));
  const rest = new Uint8Array(160_000);
  expect(queue.take(rest)).toBe(160_000);
  expect(wrongBytes(rest, 60_000)).toBe(0);
});
