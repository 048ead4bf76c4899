import { QoS } from '@minimq/core';
import { describe, expect, it } from 'vitest';
import { isKept, QOS_ALL, Tally, type Account } from '../src/demo/tally.ts';

function sentAll(total: number): Tally {
  const tally = new Tally(total);
  for (let number = 1; number <= total; number++) for (const qos of QOS_ALL) tally.sent(qos, number);
  return tally;
}

function receiveAll(tally: Tally, qos: QoS, except: readonly number[] = []): void {
  for (let number = 1; number <= tally.total; number++) {
    if (!except.includes(number)) tally.received(qos, number, false);
  }
}

function account(tally: Tally, qos: QoS): Partial<Account> {
  return tally.accounts()[qos]!;
}

describe("the demo's account", () => {
  it('is kept where every message arrived once', () => {
    const tally = sentAll(5);
    for (const qos of QOS_ALL) receiveAll(tally, qos);
    expect(tally.accounts()).toEqual(
      QOS_ALL.map((qos) => ({ qos, sent: 5, received: 5, cutOff: 0, again: 0, lost: 0, doubled: 0 })),
    );
    expect(isKept(tally.accounts(), 5)).toBe(true);
  });

  it('is not kept where not everything was sent', () => {
    const tally = sentAll(5);
    for (const qos of QOS_ALL) receiveAll(tally, qos);
    expect(isKept(tally.accounts(), 6)).toBe(false);
  });

  it.each(QOS_ALL)('counts a missing message of QoS %i as lost', (qos) => {
    const tally = sentAll(5);
    for (const each of QOS_ALL) receiveAll(tally, each, each === qos ? [3] : []);
    expect(account(tally, qos)).toMatchObject({ sent: 5, received: 4, cutOff: 0, lost: 1 });
    expect(isKept(tally.accounts(), 5)).toBe(false);
  });

  it.each(QOS_ALL)('counts a second copy of QoS %i as doubled where no cut explains it', (qos) => {
    const tally = sentAll(5);
    for (const each of QOS_ALL) receiveAll(tally, each);
    tally.received(qos, 2, false);
    expect(account(tally, qos)).toMatchObject({ received: 6, again: 0, doubled: 1 });
    expect(isKept(tally.accounts(), 5)).toBe(false);
  });

  it('lets a cut take QoS 0 messages between the last that arrived and the next to be published, and no others', () => {
    const tally = new Tally(6);
    for (const number of [1, 2, 3, 4]) tally.sent(QoS.atMostOnce, number);
    tally.received(QoS.atMostOnce, 2, false);
    tally.bothBack(5);
    for (const number of [5, 6]) tally.sent(QoS.atMostOnce, number);
    tally.received(QoS.atMostOnce, 6, false);
    // 1 was overtaken before the cut, 5 was published after it: nothing excuses them.
    expect(account(tally, QoS.atMostOnce)).toMatchObject({ sent: 6, received: 2, cutOff: 2, lost: 2 });
  });

  it('does not count a QoS 0 message as sent that the session gave back, until it is sent after all', () => {
    const tally = sentAll(2);
    tally.givenBack(2);
    expect(account(tally, QoS.atMostOnce)).toMatchObject({ sent: 1 });
    tally.sent(QoS.atMostOnce, 2);
    expect(account(tally, QoS.atMostOnce)).toMatchObject({ sent: 2 });
  });

  it('lets a QoS 1 message come again as often as it had to be sent again, and a QoS 2 message never', () => {
    const tally = sentAll(3);
    for (const qos of [QoS.atLeastOnce, QoS.exactlyOnce]) {
      receiveAll(tally, qos);
      tally.unacknowledged(qos, 1); // The publisher sends it again,
      tally.received(qos, 1, false);
      tally.received(qos, 2, true); // and here the broker.
      tally.received(qos, 3, false); // Here nobody had a reason to.
    }
    expect(account(tally, QoS.atLeastOnce)).toMatchObject({ received: 6, again: 2, doubled: 1 });
    expect(account(tally, QoS.exactlyOnce)).toMatchObject({ received: 6, again: 0, doubled: 3 });
  });

  it('refuses a message that nobody sent', () => {
    const tally = sentAll(3);
    expect(() => tally.received(QoS.exactlyOnce, 4, false)).toThrow(RangeError);
    expect(() => tally.received(QoS.exactlyOnce, Number.NaN, false)).toThrow(RangeError);
  });
});
