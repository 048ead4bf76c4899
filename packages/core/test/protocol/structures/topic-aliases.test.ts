import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutboundAliases } from '../../../src/protocol/topic-aliases.ts';
import { ensure } from './ensure.ts';

const SEED = 7_000_105;

/** Publishes to each topic in turn; `'b!'`: the packet has to say the topic, since the broker does not know it. */
function publish(aliases: OutboundAliases, ...topics: string[]): string[] {
  return topics.map((topic) => {
    const alias = aliases.choose(topic, undefined);
    const known = aliases.knows(alias, topic);
    aliases.used(alias, topic);
    return `${alias}${known ? '' : '!'}`;
  });
}

describe('outbound topic aliases', () => {
  it('are given to one topic after another, and the topic is said once', () => {
    expect(publish(new OutboundAliases(10, 3), 'a', 'b', 'a', 'c', 'a', 'b')).toEqual([
      '1!',
      '2!',
      '1',
      '3!',
      '1',
      '2',
    ]);
  });

  it('are given out again when all are in use, the least recently used one first', () => {
    expect(publish(new OutboundAliases(10, 2), 'a', 'b', 'a', 'c', 'a', 'b', 'c')).toEqual([
      '1!',
      '2!',
      '1',
      '2!',
      '1',
      '2!',
      '1!',
    ]);
  });

  it('are no more than the broker takes, nor than were asked for', () => {
    expect(publish(new OutboundAliases(1, 5), 'a', 'b')).toEqual(['1!', '1!']);
    expect(publish(new OutboundAliases(5, 1), 'a', 'b')).toEqual(['1!', '1!']);
    expect(new OutboundAliases(0, 5).choose('a', undefined)).toBe(0);
    expect(new OutboundAliases(5, 0).choose('a', undefined)).toBe(0);
  });

  it('that the caller chooses are used as chosen, with or without automatic ones', () => {
    for (const automatic of [0, 2]) {
      const aliases = new OutboundAliases(10, automatic);
      expect(aliases.choose('a', 7)).toBe(7);
      expect(aliases.knows(7, 'a')).toBe(false);
      aliases.used(7, 'a');
      expect(aliases.knows(7, 'a')).toBe(true);
      aliases.used(7, 'b');
      expect(aliases.knows(7, 'a')).toBe(false);
      expect(aliases.knows(7, 'b')).toBe(true);
    }
  });

  it('that the caller has chosen serve the automatic way too, which leaves those above its own to the caller', () => {
    const aliases = new OutboundAliases(10, 2);
    aliases.used(7, 'mine');
    expect(publish(aliases, 'mine', 'a', 'b', 'c', 'mine')).toEqual(['7', '1!', '2!', '1!', '7']);
  });

  it('that the caller has chosen below are not taken for unused ones, and count as used then', () => {
    const aliases = new OutboundAliases(10, 3);
    aliases.used(2, 'mine');
    expect(publish(aliases, 'a', 'b', 'c')).toEqual(['1!', '3!', '2!']);
    const moved = new OutboundAliases(10, 2);
    expect(publish(moved, 'a', 'b')).toEqual(['1!', '2!']);
    moved.used(1, 'b');
    // Alias 2 still says b, and is the older one now.
    expect(moved.knows(2, 'b')).toBe(true);
    expect(publish(moved, 'b', 'c', 'b')).toEqual(['1', '2!', '1']);
  });

  it('say the same as a plain list in the order of use', () => {
    const topic = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        fc.array(fc.record({ topic, chosen: fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 6 })) }), {
          maxLength: 60,
          size: 'max',
        }),
        (maximum, wanted, publishes) => {
          const automatic = Math.min(maximum, wanted);
          const aliases = new OutboundAliases(maximum, wanted);
          // What the broker knows; the most recently used alias comes last.
          let uses: { readonly alias: number; readonly topic: string }[] = [];
          const lastFor = new Map<string, number>();
          for (const { topic: name, chosen } of publishes) {
            const wish = chosen === undefined ? undefined : ((chosen - 1) % maximum) + 1;
            const alias = aliases.choose(name, wish);
            let expected = wish;
            if (expected === undefined && automatic > 0) {
              const inUse = uses.map((each) => each.alias);
              const own = Array.from({ length: automatic }, (_, i) => i + 1);
              expected = uses.find((each) => each.topic === name && each.alias === lastFor.get(name))?.alias;
              expected ??= own.find((each) => !inUse.includes(each));
              expected ??= inUse.find((each) => own.includes(each));
            }
            ensure(alias === (expected ?? 0), `alias ${alias}, not ${expected}`);
            if (alias === 0) continue;
            for (let i = 1; i <= maximum; i++) {
              const known = uses.some((each) => each.alias === i && each.topic === name);
              ensure(aliases.knows(i, name) === known, `alias ${i} stands for ${name}: ${!known}`);
            }
            aliases.used(alias, name);
            lastFor.set(name, alias);
            uses = [...uses.filter((each) => each.alias !== alias), { alias, topic: name }];
          }
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });
});
