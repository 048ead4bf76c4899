import { expect, it } from 'vitest';
import { generateMask } from '../src/node/mask.ts';

it('never makes a mask of zeros, with which `ws` would send the bytes of the caller themselves', () => {
  const draws = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 7],
  ];
  const mask = new Uint8Array(4);
  generateMask(mask, (target) => target.set(draws.shift() ?? []));
  expect([...mask]).toEqual([0, 0, 0, 7]);
  expect(draws).toEqual([]);
});
