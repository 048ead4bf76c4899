import { describe, expect, it } from 'vitest';
import { seededRandom } from '@minimq/testkit';
import { ByteQueue } from '../src/link/byte-queue.ts';

describe('ByteQueue', () => {
  it.each([1, 2, 7, 511, 512, 513, 5_000])(
    'gives back what it took, in order, with a capacity of %i bytes',
    (capacity) => {
      const random = seededRandom(capacity);
      const queue = new ByteQueue(capacity);
      const model: number[] = [];
      let next = 0;
      for (let step = 0; step < 300; step += 1) {
        const pushed = Array.from({ length: Math.floor(random() * (queue.roomBytes + 1)) }, () => (next += 1) % 251);
        queue.push(Uint8Array.from(pushed));
        model.push(...pushed);
        expect([queue.length, queue.roomBytes]).toEqual([model.length, capacity - model.length]);
        const target = new Uint8Array(Math.floor(random() * (queue.length + 1)));
        queue.shift(target);
        expect([...target]).toEqual(model.splice(0, target.length));
      }
    },
  );

  it('is empty after clear()', () => {
    const queue = new ByteQueue(4);
    queue.push(Uint8Array.of(1, 2, 3));
    queue.clear();
    expect([queue.length, queue.roomBytes]).toEqual([0, 4]);
    queue.push(Uint8Array.of(4, 5, 6, 7));
    const target = new Uint8Array(4);
    queue.shift(target);
    expect(target).toEqual(Uint8Array.of(4, 5, 6, 7));
  });
});
