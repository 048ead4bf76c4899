import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PacketIds } from '../../../src/protocol/packet-ids.ts';
import { randomFrom } from './random.ts';

const SEED = 7_000_103;
const MOST = 65_535;

/** All 65,535 identifiers held, each by itself. */
function full(): PacketIds<number> {
  const ids = new PacketIds<number>();
  for (let packetId = 1; packetId <= MOST; packetId++) ids.hold(packetId, packetId);
  return ids;
}

describe('packet identifiers', () => {
  it('come one after another from 1 on, and after 65,535 from 1 on again', () => {
    const ids = new PacketIds<string>();
    for (let packetId = 1; packetId <= MOST; packetId++) {
      if (ids.take('a') !== packetId) throw new Error(`${packetId} was passed over`);
      if (packetId > 100) ids.free(packetId);
    }
    expect(ids.size).toBe(100);
    expect(ids.take('b')).toBe(101);
  });

  it('in use are skipped', () => {
    const ids = new PacketIds<string>();
    for (const packetId of [1, 2, 4, 255, 256, 257, 65_534]) ids.hold(packetId, 'held');
    expect([ids.take('a'), ids.take('a'), ids.take('a')]).toEqual([3, 5, 6]);
    ids.last = 254;
    expect(ids.take('a')).toBe(258);
    ids.last = 65_533;
    expect([ids.take('a'), ids.take('a')]).toEqual([65_535, 7]);
  });

  it('are 65,535 at most: then there is none, until one is freed', () => {
    const ids = full();
    expect(ids.size).toBe(MOST);
    expect(ids.take(0)).toBe(0);
    expect(ids.size).toBe(MOST);
    for (const packetId of [1, 255, 256, 40_000, 65_280, MOST]) {
      ids.free(packetId);
      expect(ids.get(packetId)).toBeUndefined();
      expect(ids.take(7)).toBe(packetId);
      expect(ids.get(packetId)).toBe(7);
      expect(ids.take(0)).toBe(0);
    }
  });

  it('are known by their holder', () => {
    const ids = new PacketIds<string>();
    for (const packetId of [65_535, 300, 1, 256]) ids.hold(packetId, 'held');
    ids.take('other');
    expect(ids.heldBy('held')).toEqual([1, 256, 300, 65_535]);
    expect(ids.heldBy('other')).toEqual([2]);
    expect(ids.heldBy('nobody')).toEqual([]);
    for (const packetId of ids.heldBy('held')) ids.free(packetId);
    expect(ids.size).toBe(1);
  });

  it('that are not in use can be freed without harm, 0 and what there never is included', () => {
    const ids = new PacketIds<string>();
    for (const packetId of [0, 1, 65_535, 70_000]) ids.free(packetId);
    ids.take('a');
    ids.free(1);
    ids.free(1);
    expect(ids.size).toBe(0);
    expect(ids.get(0)).toBeUndefined();
    expect(ids.take('a')).toBe(2);
  });

  it('are as a plain map and a search from the last one on would give them', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('take' as const), count: fc.constantFrom(1, 1, 3, 300) }) },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('free' as const), pick: fc.nat(), count: fc.constantFrom(1, 2, 280) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('hold' as const), packetId: fc.integer({ min: 1, max: MOST }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('jump' as const),
          to: fc.constantFrom(0, 254, 255, 256, 65_279, 65_500, MOST),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const ids = new PacketIds<number>();
        const model = new Map<number, number>();
        let last = 0;
        let holder = 0;
        for (const each of steps) {
          if (each.kind === 'jump') {
            ids.last = each.to;
            last = each.to;
          } else if (each.kind === 'hold') {
            if (model.has(each.packetId)) continue;
            ids.hold(each.packetId, ++holder);
            model.set(each.packetId, holder);
          } else if (each.kind === 'take') {
            for (let i = 0; i < each.count; i++) {
              do last = (last % MOST) + 1;
              while (model.has(last));
              model.set(last, ++holder);
              const taken = ids.take(holder);
              if (taken !== last) throw new Error(`took ${taken}, not ${last}`);
            }
          } else {
            const held = [...model.keys()];
            for (let i = 0; i < Math.min(each.count, held.length); i++) {
              const packetId = held[(each.pick + i) % held.length]!;
              ids.free(packetId);
              model.delete(packetId);
            }
          }
        }
        expect(ids.size).toBe(model.size);
        expect(ids.last).toBe(last);
        for (const [packetId, by] of model) if (ids.get(packetId) !== by) throw new Error(`${packetId} is not held`);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });
});

describe('what taking an identifier costs', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('is the same however many are in use: some hundred looks at the very most', () => {
    // Every array of slots counts how often it is looked at.
    let looks = 0;
    const counting = {
      construct(target: ArrayConstructor, args: [number]): unknown[] {
        return new Proxy(new target<unknown>(...args), {
          get(slots, key, receiver): unknown {
            looks++;
            return Reflect.get(slots, key, receiver);
          },
        });
      },
    };
    vi.stubGlobal('Array', new Proxy(Array, counting));
    const ids = full();
    const random = randomFrom(8);
    let most = 0;
    let sum = 0;
    for (let i = 0; i < 2000; i++) {
      const freed = 1 + random.below(MOST);
      ids.free(freed);
      looks = 0;
      if (ids.take(freed) !== freed) throw new Error('there is only one that is free');
      most = Math.max(most, looks);
      sum += looks;
    }
    expect(sum).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(512);
    // One free in every page: each search ends in the page that it begins in, or the next one.
    for (let packetId = 1; packetId <= MOST; packetId += 256) ids.free(packetId);
    for (;;) {
      looks = 0;
      if (ids.take(1) === 0) break;
      expect(looks).toBeLessThanOrEqual(512);
    }
  });
});
