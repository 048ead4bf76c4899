import { describe, expect, it } from 'vitest';
import { Block } from '../../../src/protocol/block.ts';
import { TxArena } from '../../../src/protocol/tx-arena.ts';
import { randomFrom, type Random } from './random.ts';

// Costs are counted, not timed: moved blocks and bytes, and how often the arena looks at where a block is.

let looks = 0;

class CountedBlock extends Block {
  at = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super(bytes);
    Reflect.deleteProperty(this, 'offset');
  }
}
Object.defineProperty(CountedBlock.prototype, 'offset', {
  get(this: CountedBlock) {
    looks++;
    return this.at;
  },
  set(this: CountedBlock, offset: number) {
    this.at = offset;
  },
});

/** The blocks of a publisher that always has one more packet to send, and sends it as soon as there is room. */
class Publisher {
  readonly arena: TxArena;
  readonly open: Block[] = [];
  moves = 0;
  movedBytes = 0;
  allocations = 0;
  allocatedBytes = 0;
  readonly #nextLength: () => number;
  readonly #BlockClass: typeof Block;
  #waiting: number;
  #spare: Block[] = [];
  #isFirst = 0;

  constructor(size: number, nextLength: () => number, BlockClass: typeof Block = CountedBlock) {
    this.#BlockClass = BlockClass;
    const bytes = new Uint8Array(size);
    bytes.copyWithin = (target, start, end) => {
      this.moves++;
      this.movedBytes += (end ?? size) - start;
      return Uint8Array.prototype.copyWithin.call(bytes, target, start, end) as typeof bytes;
    };
    this.arena = new TxArena(bytes);
    this.#nextLength = nextLength;
    this.#waiting = nextLength();
  }

  /** Sends what there is room for, at most until `openMax` packets are open. */
  publish(openMax: number): void {
    while (this.open.length - this.#isFirst < openMax) {
      const block = this.#spare.pop() ?? new this.#BlockClass(this.arena.bytes);
      if (!this.arena.allocate(block, this.#waiting, 0)) {
        this.#spare.push(block);
        return;
      }
      this.open.push(block);
      this.allocations++;
      this.allocatedBytes += this.#waiting;
      this.#waiting = this.#nextLength();
    }
  }

  /** The broker acknowledges an open packet: the oldest, or another one. */
  acknowledge(random?: Random): void {
    let block;
    if (random === undefined) block = this.open[this.#isFirst++]!;
    else {
      const index = random.below(this.open.length);
      block = this.open[index]!;
      this.open[index] = this.open.at(-1)!;
      this.open.pop();
    }
    this.arena.release(block);
    this.#spare.push(block);
  }

  restart(): void {
    this.moves = 0;
    this.movedBytes = 0;
    this.allocations = 0;
    this.allocatedBytes = 0;
    looks = 0;
  }
}

describe('what the arena costs', () => {
  it.each([8, 100])('65,535 open packets of %i bytes, acknowledged in random order: nothing moves', (length) => {
    const random = randomFrom(1);
    const publisher = new Publisher(65_535 * length + 7, () => length);
    publisher.publish(65_535);
    expect(publisher.open.length).toBe(65_535);
    publisher.restart();
    for (let burst = 0; burst < 200; burst++) {
      for (let i = random.below(200); i >= 0; i--) publisher.acknowledge(random);
      publisher.publish(65_535);
      expect(publisher.open.length).toBe(65_535);
    }
    expect(publisher.movedBytes).toBe(0);
    expect(looks / publisher.allocations).toBeLessThan(20);
  });

  it.each([64 * 1024, 1024 * 1024])(
    'tx of %i bytes always full, all sizes, acknowledged in order: two moves a packet',
    (size) => {
      const random = randomFrom(2);
      const publisher = new Publisher(size, () => 50 + random.below(101));
      publisher.publish(Number.POSITIVE_INFINITY);
      publisher.restart();
      for (let i = 0; i < 60_000; i++) {
        publisher.acknowledge();
        publisher.publish(Number.POSITIVE_INFINITY);
      }
      expect(publisher.allocations).toBeGreaterThan(59_000);
      expect(publisher.moves / publisher.allocations).toBeLessThan(2.5);
      expect(publisher.movedBytes / publisher.allocatedBytes).toBeLessThan(2.5);
      expect(looks / publisher.allocations).toBeLessThan(30);
    },
  );

  it.each([0, 100])(
    'one packet that is never acknowledged moves at most once on a trip around (sizes differ by %i)',
    (spread) => {
      const random = randomFrom(3);
      const publisher = new Publisher(64 * 1024, () => 50 + random.below(spread + 1), Block);
      publisher.publish(300);
      const stuck = new Block(publisher.arena.bytes);
      expect(publisher.arena.allocate(stuck, 777, 0)).toBe(true);
      publisher.restart();
      while (publisher.allocations < 1_000_000) {
        publisher.acknowledge();
        publisher.publish(20);
      }
      expect(publisher.moves).toBeLessThanOrEqual(publisher.allocatedBytes / (64 * 1024) + 1);
    },
  );

  it('packets of all sizes that fill half of tx, acknowledged in random order: one move in twenty packets', () => {
    const random = randomFrom(4);
    const publisher = new Publisher(64 * 1024, () => 20 + random.below(161));
    publisher.publish(330);
    publisher.restart();
    for (let i = 0; i < 50_000; i++) {
      publisher.acknowledge(random);
      publisher.publish(330);
    }
    expect(publisher.moves / publisher.allocations).toBeLessThan(0.05);
    expect(looks / publisher.allocations).toBeLessThan(30);
  });
});
