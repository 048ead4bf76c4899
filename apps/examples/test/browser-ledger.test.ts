import { describe, expect, it } from 'vitest';
import { Ledger } from '../browser/page/ledger.ts';
import { measurement, numberOf } from '../browser/streams.ts';

function accountOf(...numbers: readonly number[]): Pick<Ledger, 'sent' | 'received' | 'lost' | 'doubled'> {
  const ledger = new Ledger();
  for (const number of numbers) ledger.add(number);
  const { sent, received, lost, doubled } = ledger;
  return { sent, received, lost, doubled };
}

describe('the ledger of the page', () => {
  it.each([
    ['nothing', [], { sent: 0, received: 0, lost: 0, doubled: 0 }],
    ['one message, wherever the stream is', [40], { sent: 1, received: 1, lost: 0, doubled: 0 }],
    ['messages in order', [40, 41, 42], { sent: 3, received: 3, lost: 0, doubled: 0 }],
    ['missing ones', [1, 5], { sent: 5, received: 2, lost: 3, doubled: 0 }],
    ['a second copy', [1, 2, 2], { sent: 2, received: 3, lost: 0, doubled: 1 }],
    ['a late one in the middle of a gap', [1, 5, 3], { sent: 5, received: 3, lost: 2, doubled: 0 }],
    ['late ones at both ends of a gap', [1, 5, 2, 4, 3], { sent: 5, received: 5, lost: 0, doubled: 0 }],
    ['a second copy of a late one', [1, 5, 3, 3], { sent: 5, received: 4, lost: 2, doubled: 1 }],
    ['one from before the first', [5, 2], { sent: 4, received: 2, lost: 2, doubled: 0 }],
    ['gaps that are filled in any order', [1, 3, 5, 7, 4, 2, 6], { sent: 7, received: 7, lost: 0, doubled: 0 }],
  ])('counts %s', (_, numbers, account) => {
    expect(accountOf(...numbers)).toEqual(account);
  });

  it('counts a gap of any length at once', () => {
    const last = Number.MAX_SAFE_INTEGER;
    expect(accountOf(1, last, last - 1)).toEqual({ sent: last, received: 3, lost: last - 3, doubled: 0 });
  });

  it('remembers a thousand gaps, and no more', () => {
    const ledger = new Ledger();
    for (let number = 1; number <= 4_003; number += 2) ledger.add(number);
    expect(ledger.lost).toBe(2_001);
    ledger.add(4_002); // In the newest gap.
    expect(ledger).toMatchObject({ lost: 2_000, doubled: 0 });
    ledger.add(2); // In the oldest: it is not known any more that this was missing.
    expect(ledger).toMatchObject({ lost: 2_000, doubled: 1 });
  });
});

describe('the number of a measurement', () => {
  it('comes back', () => {
    expect(measurement(17, 20.5)).toBe('{"number":17,"value":20.5}');
    expect(numberOf('{"number":17,"value":20.5}')).toBe(17);
  });

  it.each([
    '',
    '{',
    'null',
    '17',
    '"17"',
    '[]',
    '{}',
    '{"number":"17"}',
    '{"number":0}',
    '{"number":1.5}',
    '{"number":1e300}',
  ])('is not in %j', (payload) => {
    expect(numberOf(payload)).toBeUndefined();
  });
});
