import { expect, it } from 'vitest';
import { RateWindow } from '../browser/page/rate-window.ts';

const none = { count: 0, isOffline: false };
const offline = { count: 0, isOffline: true };

it('counts by the second, and tells of those that are over', () => {
  const rates = new RateWindow(3);
  for (const atMs of [10_000, 10_999, 11_000]) rates.add(atMs);
  expect(rates.past(11_500)).toEqual([none, none, { count: 2, isOffline: false }]);
  expect(rates.past(12_000)).toEqual([none, { count: 2, isOffline: false }, { count: 1, isOffline: false }]);
  expect(rates.past(14_000)).toEqual([{ count: 1, isOffline: false }, none, none]);
  expect(rates.past(15_000)).toEqual([none, none, none]);
});

it('marks the seconds without a connection', () => {
  const rates = new RateWindow(3);
  rates.add(1_200);
  rates.markOffline(1_300);
  rates.markOffline(2_900);
  rates.add(3_000);
  expect(rates.past(4_000)).toEqual([{ count: 1, isOffline: true }, offline, { count: 1, isOffline: false }]);
});

it('is empty after a sleep of days', () => {
  const rates = new RateWindow(3);
  rates.add(0);
  expect(rates.past(1e12)).toEqual([none, none, none]);
  rates.add(1e12);
  expect(rates.past(1e12 + 1_000)).toEqual([none, none, { count: 1, isOffline: false }]);
});
