import { expect, test } from 'vitest';
import { readArguments } from '../src/arguments.ts';

test('without arguments everything is measured at length', () => {
  const { pace, groups, contests, only, out, help } = readArguments([]);
  expect([pace.rounds, groups, contests, only, out, help]).toEqual([5, [], [], [], undefined, false]);
});

test('groups, contests and contestants can be chosen, and the number of rounds', () => {
  const args = readArguments(['codec', 'memory', '--quick', '--rounds', '2', '--contest', 'a,b', '--only', 'minimq']);
  expect(args).toMatchObject({ groups: ['codec', 'memory'], contests: ['a', 'b'], only: ['minimq'] });
  expect(args.pace).toMatchObject({ rounds: 2, sessions: 1_000 });
});

test.each([['--rounds', '0'], ['--rounds', 'many'], ['--unknown']])('refuses %s %s', (...args) => {
  expect(() => readArguments(args)).toThrow(TypeError);
});
