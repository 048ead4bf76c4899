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
