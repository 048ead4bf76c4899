import { describe, expect, test } from 'vitest';
import { percentile } from '../src/measures/percentile.ts';
import { alternate } from '../src/run/alternate.ts';
import { median } from '../src/run/median.ts';

test('the median is the middle, or between the two in the middle', () => {
  expect(median([5])).toBe(5);
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 100, 2])).toBe(3);
});

test('a percentile is the least value that so many do not exceed', () => {
  const sorted = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([0, 0.5, 0.99, 0.999, 1].map((part) => percentile(sorted, part))).toEqual([1, 50, 99, 100, 100]);
});

describe('contestants alternate', () => {
  test('in rounds that begin with another one each, and the medians count', async () => {
    const order: string[] = [];
    let next = 0;
    const contestant = (name: string) => ({
      name,
      async measure() {
        order.push(name);
        return { ms: next++ };
      },
    });
    const contest = { id: 'group/one', title: 'One', contestants: [contestant('a'), contestant('b')] };
    const { results, failures } = await alternate(contest, 3);
    expect(order.join('')).toBe('abbaab');
    expect(results.map(({ name, median: { ms } }) => [name, ms])).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
    expect(failures).toEqual([]);
  });

  test('and one who fails does not end the contest, nor is asked again', async () => {
    let asked = 0;
    const contestants = [
      { name: 'good', measure: async () => ({ ms: 1 }) },
      {
        name: 'bad',
        async measure() {
          asked++;
          throw new Error('no such thing');
        },
      },
    ];
    const { results, failures } = await alternate({ id: 'group/two', title: 'Two', contestants }, 3);
    expect(results.map(({ name }) => name)).toEqual(['good']);
    expect(failures).toEqual([{ name: 'bad', reason: 'Error: no such thing' }]);
    expect(asked).toBe(1);
  });
});
