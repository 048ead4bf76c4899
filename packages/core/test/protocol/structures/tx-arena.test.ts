import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Block } from '../../../src/protocol/block.ts';
import { TxArena } from '../../../src/protocol/tx-arena.ts';
import { ensure } from './ensure.ts';

const SEED = 7_000_101;

/** An arena, and beside it what has to be in it: every block with its bytes, and what must stay where it is. */
class World {
  readonly arena: TxArena;
  readonly live: { readonly block: Block; bytes: Uint8Array }[] = [];
  #fixed: { readonly block: Block; readonly offset: number }[] = [];
  #stamp = 0;

  constructor(size: number) {
    this.arena = new TxArena(new Uint8Array(size));
  }

  get byAddress(): Block[] {
    return this.live.map(({ block }) => block).sort((a, b) => a.offset - b.offset);
  }

  allocate(length: number, keep: number): Block | null {
    const { arena } = this;
    const expected = arena.free - keep >= length && this.#roomInOnePiece() >= length;
    const block = new Block(arena.bytes);
    const taken = arena.allocate(block, length, keep);
    ensure(taken === expected, `${length} bytes: ${taken}`);
    if (!taken) return null;
    this.live.push({ block, bytes: this.#write(block.offset, length) });
    return block;
  }

  release(block: Block): void {
    this.live.splice(
      this.live.findIndex((each) => each.block === block),
      1,
    );
    this.arena.release(block);
  }

  trim(block: Block, front: number, length: number): void {
    const each = this.#find(block);
    this.arena.trim(block, front, length);
    each.bytes = each.bytes.slice(front, front + length);
  }

  extend(block: Block, length: number): void {
    const next = this.byAddress.find(({ offset }) => offset >= block.end);
    const gap = (next?.offset ?? this.arena.bytes.length) - block.end;
    const extended = this.arena.extend(block, length);
    ensure(extended === gap >= length, `${length} bytes in a gap of ${gap}: ${extended}`);
    const each = this.#find(block);
    if (extended) each.bytes = Buffer.concat([each.bytes, this.#write(block.end - length, length)]);
  }

  /** Lends what neighbours in memory have, but for the first `skip` bytes: those were taken already. */
  lend(from: Block, count: number, skip: number): void {
    const lent = [from];
    for (const block of this.byAddress) {
      if (lent.length < count && block.offset === lent.at(-1)!.end) lent.push(block);
    }
    this.arena.lentStart = from.offset + Math.min(skip, from.length - 1);
    this.arena.lentEnd = lent.at(-1)!.end;
    this.#fix();
  }

  settle(): void {
    this.arena.lentStart = 0;
    this.arena.lentEnd = 0;
    this.#fix();
  }

  pin(block: Block | null): void {
    this.arena.pinned = block;
    this.#fix();
  }

  isFixed(block: Block): boolean {
    return block === this.arena.pinned || this.isLent(block);
  }

  isLent(block: Block): boolean {
    return block.offset < this.arena.lentEnd && block.end > this.arena.lentStart;
  }

  check(): void {
    const { arena } = this;
    let end = 0;
    let used = 0;
    for (const block of this.byAddress) {
      ensure(block.offset >= end, 'blocks overlap');
      ({ end } = block);
      used += block.length;
    }
    ensure(end <= arena.bytes.length, 'a block is beyond the end');
    ensure(arena.used === used && arena.free === arena.bytes.length - used, `${arena.used} used, not ${used}`);
    for (const { block, bytes } of this.live) {
      if (Buffer.compare(arena.bytes.subarray(block.offset, block.end), bytes) !== 0)
        throw new Error('bytes have changed');
    }
    for (const { block, offset } of this.#fixed) ensure(block.offset === offset, 'a fixed block has moved');
  }

  /** The most that moving blocks together could bring into one piece: fixed ones divide the arena. */
  #roomInOnePiece(): number {
    let most = 0;
    let free = 0;
    let end = 0;
    for (const block of this.byAddress) {
      free += block.offset - end;
      ({ end } = block);
      if (!this.isFixed(block)) continue;
      most = Math.max(most, free);
      free = 0;
    }
    return Math.max(most, free + this.arena.bytes.length - end);
  }

  #fix(): void {
    this.#fixed = this.byAddress
      .filter((block) => this.isFixed(block))
      .map((block) => ({ block, offset: block.offset }));
  }

  #find(block: Block): { bytes: Uint8Array } {
    return this.live.find((each) => each.block === block)!;
  }

  #write(offset: number, length: number): Uint8Array {
    for (let i = 0; i < length; i++) this.arena.bytes[offset + i] = (this.#stamp += 37) & 0xff;
    return this.arena.bytes.slice(offset, offset + length);
  }
}

const pick = fc.nat({ max: 999 });
const length = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 90 }));
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('allocate' as const), length, keep: fc.constantFrom(0, 0, 16) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('release' as const), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('trim' as const), pick, front: fc.nat({ max: 3 }), cut: pick }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('extend' as const), pick, length }) },
);
const fix = fc.oneof(
  fc.record({
    kind: fc.constant('lend' as const),
    pick,
    count: fc.integer({ min: 1, max: 4 }),
    skip: fc.nat({ max: 9 }),
  }),
  fc.record({ kind: fc.constant('settle' as const) }),
  fc.record({ kind: fc.constant('pin' as const), pick }),
  fc.record({ kind: fc.constant('unpin' as const) }),
);
type Step =
  | (typeof step extends fc.Arbitrary<infer T> ? T : never)
  | (typeof fix extends fc.Arbitrary<infer T> ? T : never);

function run(world: World, each: Step): void {
  if (each.kind === 'allocate') return void world.allocate(each.length, each.keep);
  if (each.kind === 'settle') return world.settle();
  if (each.kind === 'unpin') return world.pin(null);
  if (world.live.length === 0) return;
  const { block } = world.live[each.pick % world.live.length]!;
  if (each.kind === 'extend') return world.extend(block, each.length);
  if (each.kind === 'pin') return world.pin(block);
  if (each.kind === 'lend') return world.lend(block, each.count, each.skip);
  // What is lent is released when the write has settled, and what is being written is trimmed afterwards.
  if (world.isFixed(block)) return;
  if (each.kind === 'release') return world.release(block);
  const front = Math.min(each.front, block.length - 1);
  world.trim(block, front, Math.max(1, block.length - front - (each.cut % block.length)));
}

describe('the arena', () => {
  it('gives every byte that is free to whoever needs it, in whatever order blocks come and go', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 400 }), fc.array(step, { maxLength: 120, size: 'max' }), (size, steps) => {
        const world = new World(size);
        for (const each of steps) {
          run(world, each);
          world.check();
        }
        while (world.live.length > 0) world.release(world.live[0]!.block);
        expect(world.arena.used).toBe(0);
        expect(world.allocate(size, 0)).not.toBeNull();
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('leaves lent and pinned blocks where they are, and has room where all that is free between two of them suffices', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 400 }),
        fc.array(fc.oneof({ weight: 3, arbitrary: step }, { weight: 1, arbitrary: fix }), {
          maxLength: 160,
          size: 'max',
        }),
        (size, steps) => {
          const world = new World(size);
          for (const each of steps) {
            run(world, each);
            world.check();
          }
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('keeps back what the caller wants kept, to the byte', () => {
    const { arena, ...world } = { arena: new TxArena(new Uint8Array(100)), block: () => new Block(new Uint8Array(0)) };
    expect(arena.allocate(world.block(), 81, 20)).toBe(false);
    expect(arena.allocate(world.block(), 80, 20)).toBe(true);
    expect(arena.allocate(world.block(), 1, 20)).toBe(false);
    expect(arena.allocate(world.block(), 20, 0)).toBe(true);
    expect(arena.free).toBe(0);
  });

  it('puts packets that are accepted one after another side by side', () => {
    const world = new World(100);
    const [first, second, third] = [world.allocate(10, 0)!, world.allocate(20, 0)!, world.allocate(30, 0)!];
    expect([first.offset, second.offset, third.offset]).toEqual([0, 10, 30]);
    world.release(first);
    expect(world.allocate(10, 0)!.offset).toBe(60);
  });

  it('moves what was half taken with the rest, once nothing of it is lent', () => {
    const world = new World(60);
    const [first, second] = [world.allocate(20, 0)!, world.allocate(20, 0)!];
    world.lend(second, 1, 5);
    world.release(first);
    expect(world.allocate(30, 0)).toBeNull();
    world.check();
    world.settle();
    expect(world.allocate(30, 0)).not.toBeNull();
    world.check();
  });
});
