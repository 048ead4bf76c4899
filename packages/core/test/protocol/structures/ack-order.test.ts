import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AckOrder } from '../../../src/protocol/ack-order.ts';
import { ensure } from './ensure.ts';

const SEED = 7_000_104;
const PUBACK = 4;

/** What leaves now, if there is room for so many. */
function drained(order: AckOrder, room = Number.POSITIVE_INFINITY): [packetId: number, reasonCode: number][] {
  const sent: [number, number][] = [];
  order.drain(PUBACK, (type, packetId, reasonCode) => {
    if (type !== PUBACK) throw new Error(`an answer of type ${type}`);
    if (sent.length >= room) return false;
    sent.push([packetId, reasonCode]);
    return true;
  });
  return sent;
}

describe('answers', () => {
  it('leave in the order of arrival, whatever order they are given in', () => {
    const order = new AckOrder();
    for (const packetId of [11, 12, 13]) order.arrived(packetId);
    const [first, second, third] = [order.claim(), order.claim(), order.claim()];
    expect(order.settle(third, 0x80)).toBe(true);
    expect(order.settle(second, 0)).toBe(true);
    expect(order.hasAnswer).toBe(false);
    expect(drained(order)).toEqual([]);
    expect(order.settle(first, 0x10)).toBe(true);
    expect(order.hasAnswer).toBe(true);
    expect(drained(order)).toEqual([
      [11, 0x10],
      [12, 0],
      [13, 0x80],
    ]);
    expect(order.size).toBe(0);
    expect(order.hasAnswer).toBe(false);
  });

  it('are given once; a message that nobody was given, and one that was answered, takes none', () => {
    const order = new AckOrder();
    order.arrived(1);
    order.arrived(2);
    const place = order.claim();
    expect(order.settle(place + 1, 0)).toBe(false);
    expect(order.settle(place, 0)).toBe(true);
    expect(order.settle(place, 0x80)).toBe(false);
    expect(drained(order)).toEqual([[1, 0]]);
    expect(order.settle(place, 0)).toBe(false);
  });

  it('stop where there is no room and go on where they stopped', () => {
    const order = new AckOrder();
    for (let packetId = 1; packetId <= 5; packetId++) {
      order.arrived(packetId);
      order.settle(order.claim(), packetId);
    }
    expect(drained(order, 0)).toEqual([]);
    expect(order.size).toBe(5);
    expect(drained(order, 2).map(([packetId]) => packetId)).toEqual([1, 2]);
    expect(order.hasAnswer).toBe(true);
    expect(drained(order).map(([packetId]) => packetId)).toEqual([3, 4, 5]);
  });

  it('to messages that need nothing else keep their place among the others', () => {
    const order = new AckOrder();
    order.arrivedSettled(1, 0);
    order.arrived(2);
    order.arrivedSettled(3, 0x91);
    order.arrived(4);
    expect(drained(order)).toEqual([[1, 0]]);
    const second = order.claim();
    const fourth = order.claim();
    order.settle(fourth, 0);
    expect(drained(order)).toEqual([]);
    order.settle(second, 0);
    expect(drained(order)).toEqual([
      [2, 0],
      [3, 0x91],
      [4, 0],
    ]);
  });

  it('reach the right message after a trip around in which nobody claimed one', () => {
    const order = new AckOrder();
    for (let packetId = 1; packetId <= 15; packetId++) order.arrivedSettled(packetId, 0);
    order.arrived(16);
    expect(drained(order).length).toBe(15);
    order.arrived(17);
    order.settle(order.claim(), 0x83);
    expect(drained(order)).toEqual([[16, 0x83]]);
    order.settle(order.claim(), 0);
    expect(drained(order)).toEqual([[17, 0]]);
  });

  it('are gone with the connection, and those of before cannot be given any more', () => {
    const order = new AckOrder();
    for (const packetId of [1, 2, 3]) order.arrived(packetId);
    const before = order.claim();
    order.settle(order.claim(), 0);
    order.clear();
    expect(order.size).toBe(0);
    expect(order.hasAnswer).toBe(false);
    expect(order.settle(before, 0)).toBe(false);
    order.arrived(7);
    expect(order.settle(before, 0)).toBe(false);
    order.settle(order.claim(), 0);
    expect(drained(order)).toEqual([[7, 0]]);
  });

  it('may be 65,535 at once', () => {
    const order = new AckOrder();
    for (let packetId = 1; packetId <= 65_535; packetId++) order.arrived(packetId);
    const places = Array.from({ length: 65_535 }, () => order.claim());
    for (const place of places.reverse()) order.settle(place, 0);
    const sent = drained(order);
    expect(sent.length).toBe(65_535);
    expect(sent.every(([packetId], i) => packetId === i + 1)).toBe(true);
  });

  it('are as a plain list would give them', () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ kind: fc.constant('arrive' as const), count: fc.constantFrom(1, 1, 2, 20) }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('settled' as const), count: fc.constantFrom(1, 1, 9, 16) }),
      },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('claim' as const), count: fc.constantFrom(1, 1, 4) }) },
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('settle' as const), pick: fc.nat(), count: fc.constantFrom(1, 3) }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('drain' as const), room: fc.constantFrom(0, 1, 5, 1000) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
    );
    interface Entry {
      readonly packetId: number;
      stage: 'waiting' | 'claimed' | 'answered';
      place: number;
      answer: number;
    }
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const order = new AckOrder();
        let model: Entry[] = [];
        const claimed: Entry[] = [];
        let nextId = 0;
        for (const each of steps) {
          if (each.kind === 'clear') {
            order.clear();
            model = [];
          } else if (each.kind === 'drain') {
            const expected: [number, number][] = [];
            while (model[0]?.stage === 'answered' && expected.length < each.room) {
              const { packetId, answer } = model.shift()!;
              expected.push([packetId, answer]);
            }
            expect(drained(order, each.room)).toEqual(expected);
          } else {
            for (let i = 0; i < each.count; i++) {
              if (each.kind === 'arrive') {
                order.arrived(++nextId);
                model.push({ packetId: nextId, stage: 'waiting', place: -1, answer: -1 });
              } else if (each.kind === 'settled') {
                order.arrivedSettled(++nextId, 0x91);
                model.push({ packetId: nextId, stage: 'answered', place: -1, answer: 0x91 });
              } else if (each.kind === 'claim') {
                const entry = model.find(({ stage }) => stage === 'waiting');
                if (entry === undefined) break;
                entry.stage = 'claimed';
                entry.place = order.claim();
                claimed.push(entry);
              } else if (claimed.length > 0) {
                // Of any that was ever claimed: only those that still wait take an answer.
                const entry = claimed[(each.pick + i) % claimed.length]!;
                const open = entry.stage === 'claimed' && model.includes(entry);
                ensure(
                  order.settle(entry.place, each.pick & 0xff) === open,
                  `${entry.packetId} was answered: ${!open}`,
                );
                if (open) {
                  entry.stage = 'answered';
                  entry.answer = each.pick & 0xff;
                }
              }
            }
          }
          ensure(order.size === model.length, `${order.size} of ${model.length}`);
          ensure(order.hasAnswer === (model[0]?.stage === 'answered'), `an answer: ${order.hasAnswer}`);
        }
      }),
      { seed: SEED, numRuns: 150 },
    );
  });
});
