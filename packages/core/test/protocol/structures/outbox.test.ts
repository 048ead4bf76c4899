import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Block } from '../../../src/protocol/block.ts';
import { Outbox } from '../../../src/protocol/outbox.ts';
import { TxArena } from '../../../src/protocol/tx-arena.ts';
import { ensure } from './ensure.ts';

const SEED = 7_000_106;

/** A packet that says how it left, and gives its bytes back then. */
class Packet extends Block {
  readonly name: number;
  left: 'written' | 'dropped' | null = null;
  readonly #world: OutboxWorld;

  constructor(world: OutboxWorld, bytes: Uint8Array<ArrayBuffer>, name: number) {
    super(bytes);
    this.name = name;
    this.#world = world;
  }

  override written(): void {
    this.#leave('written');
  }

  override dropped(): void {
    this.#leave('dropped');
  }

  #leave(how: 'written' | 'dropped'): void {
    expect(this.left).toBeNull();
    expect(this.queued).toBe(false);
    this.left = how;
    if (this.bytes === this.#world.arena.bytes) this.#world.arena.release(this);
  }
}

/** An outbox over an arena, a transport that remembers what it took, and the packets in the order of queueing. */
class OutboxWorld {
  readonly arena: TxArena;
  readonly outbox: Outbox;
  readonly packets: Packet[] = [];
  /** What the transport was to get, packet by packet; acknowledgements are packets of their own here. */
  readonly queued: number[][] = [];
  readonly taken: number[] = [];
  lent: Uint8Array | null = null;
  #lentCopy: number[] = [];
  #stamp = 0;

  constructor(size = 64) {
    this.arena = new TxArena(new Uint8Array(size));
    this.outbox = new Outbox(this.arena);
  }

  /** Queues a packet of that length in the arena; `null`: there is no room. */
  push(length: number): Packet | null {
    const packet = new Packet(this, this.arena.bytes, this.packets.length);
    return this.arena.allocate(packet, length, 0) ? this.#push(packet) : null;
  }

  /** Queues a packet that has its bytes elsewhere, as CONNECT does. */
  pushOutside(length: number): Packet {
    const packet = new Packet(this, new Uint8Array(length), this.packets.length);
    packet.length = length;
    return this.#push(packet);
  }

  control(length: number): boolean {
    const position = this.outbox.control(length);
    if (position >= 0) this.queued.push(this.#write(this.arena.bytes, position, length));
    return position >= 0;
  }

  lend(): number[] | null {
    this.lent = this.outbox.lend();
    if (this.lent === null) return null;
    this.#lentCopy = [...this.lent];
    return this.#lentCopy;
  }

  /** The write settles: the transport has read the first `count` bytes only now. */
  take(count: number): void {
    ensure(Buffer.compare(this.lent!, Buffer.from(this.#lentCopy)) === 0, 'lent bytes have changed');
    const bytes = [...this.lent!.subarray(0, count)];
    this.taken.push(...bytes);
    this.lent = null;
    this.outbox.taken(bytes.length);
  }

  /** Lends and takes all there is. */
  flush(): number[] {
    const before = this.taken.length;
    while (this.lend() !== null) this.take(this.lent!.length);
    return this.taken.slice(before);
  }

  #push(packet: Packet): Packet {
    this.queued.push(this.#write(packet.bytes, packet.offset, packet.length));
    this.packets.push(packet);
    this.outbox.push(packet);
    return packet;
  }

  #write(bytes: Uint8Array, position: number, length: number): number[] {
    this.#stamp++;
    const written = Array.from({ length }, (_, i) => (this.#stamp * 11 + i) & 0xff);
    bytes.set(written, position);
    return written;
  }
}

describe('the outbox', () => {
  it('lends neighbours in memory as one piece, in the order of queueing', () => {
    const world = new OutboxWorld();
    world.push(5);
    world.control(4);
    world.control(2);
    world.push(7);
    expect(world.lend()).toEqual(world.queued.flat());
    expect(world.outbox.isLent).toBe(true);
    world.take(18);
    expect(world.outbox.isLent).toBe(false);
    expect(world.outbox.isEmpty).toBe(true);
    expect(world.arena.used).toBe(0);
    expect(world.packets.map(({ left }) => left)).toEqual(['written', 'written']);
  });

  it('lends what stands elsewhere by itself', () => {
    const world = new OutboxWorld();
    const [connect, publish] = [world.pushOutside(6), world.push(5)!];
    world.pushOutside(4);
    expect(world.lend()!.length).toBe(6);
    expect(world.outbox.isGiven(publish)).toBe(false);
    world.take(6);
    expect(connect.left).toBe('written');
    expect(world.lend()!.length).toBe(5);
    world.take(5);
    expect(world.lend()!.length).toBe(4);
    world.take(4);
    expect(world.taken).toEqual(world.queued.flat());
  });

  it('does not take bytes elsewhere for neighbours of bytes in tx, though their positions are', () => {
    const world = new OutboxWorld();
    world.push(6);
    world.flush();
    const held = new Block(world.arena.bytes);
    world.arena.allocate(held, 6, 0);
    const connect = world.pushOutside(6);
    const publish = world.push(5)!;
    expect(publish.offset).toBe(connect.end);
    world.lend();
    world.outbox.clear();
    expect([connect.handed, publish.handed]).toEqual([true, false]);
  });

  it('lends nothing more until the write has settled', () => {
    const world = new OutboxWorld();
    world.push(5);
    expect(world.lend()!.length).toBe(5);
    world.push(5);
    expect(world.outbox.lend()).toBeNull();
    world.take(5);
    expect(world.lend()!.length).toBe(5);
  });

  it('goes on where a write has stopped, at every byte', () => {
    for (let first = 0; first <= 16; first++) {
      for (let second = 0; second <= 16 - first; second++) {
        const world = new OutboxWorld();
        const [one, two] = [world.push(5)!, world.push(4)!];
        world.control(4);
        const three = world.push(3)!;
        const ends = [5, 9, 16];
        world.lend();
        world.take(first);
        world.lend();
        if (world.lent !== null) world.take(second);
        const taken = first + second;
        expect(world.taken).toEqual(world.queued.flat().slice(0, taken));
        expect([one, two, three].map(({ left }) => left === 'written')).toEqual(ends.map((end) => end <= taken));
        expect([one, two, three].map(({ handed }) => handed)).toEqual([0, 5, 13].map((start) => start < taken));
        world.flush();
        expect(world.taken).toEqual(world.queued.flat());
        expect(world.arena.used).toBe(0);
      }
    }
  });

  it('counts what was queued and what has left', () => {
    const world = new OutboxWorld();
    world.push(5);
    world.control(4);
    world.control(4);
    world.push(5);
    expect(world.outbox.pushedCount).toBe(3);
    world.lend();
    world.take(12);
    expect(world.outbox.writtenCount).toBe(1);
    world.lend();
    world.take(1);
    expect(world.outbox.writtenCount).toBe(2);
    world.outbox.clear();
    expect(world.outbox.writtenCount).toBe(3);
  });

  it('knows of each packet whether the transport was given all of it', () => {
    const world = new OutboxWorld();
    const [one, two, three] = [world.push(5)!, world.push(5)!, world.push(5)!];
    const given = (): boolean[] => [one, two, three].map((packet) => world.outbox.isGiven(packet));
    expect(given()).toEqual([false, false, false]);
    world.lend();
    const late = world.push(5)!;
    expect(given()).toEqual([true, true, true]);
    expect(world.outbox.isGiven(late)).toBe(false);
    world.take(7);
    // The rest is not with the transport now.
    expect(given()).toEqual([true, false, false]);
    world.lend();
    expect(given()).toEqual([true, true, true]);
    expect(world.outbox.isGiven(late)).toBe(true);
  });

  it('gathers acknowledgements into one block, until a packet comes behind it', () => {
    const world = new OutboxWorld();
    for (let i = 0; i < 5; i++) world.control(4);
    expect(world.outbox.pushedCount).toBe(1);
    world.push(3);
    world.control(4);
    expect(world.outbox.pushedCount).toBe(3);
    expect(world.flush()).toEqual(world.queued.flat());
  });

  it('has no room for an acknowledgement when tx is full, and has again once something has left', () => {
    const world = new OutboxWorld(20);
    world.push(10);
    world.push(8);
    expect(world.control(4)).toBe(false);
    expect(world.control(2)).toBe(true);
    expect(world.control(2)).toBe(false);
    world.lend();
    world.take(10);
    expect(world.control(4)).toBe(true);
    expect(world.flush()).toEqual(world.queued.flat().slice(10));
  });

  it('adds acknowledgements behind a write that is outstanding, and they leave after it', () => {
    const world = new OutboxWorld();
    world.control(4);
    expect(world.lend()!.length).toBe(4);
    world.control(5);
    world.control(4);
    world.take(4);
    expect(world.lend()).toEqual(world.queued.slice(1).flat());
  });

  it('gives the bytes of acknowledgements back as they leave, though there is one more whenever a write settles', () => {
    const world = new OutboxWorld(64);
    world.control(4);
    for (let i = 0; i < 100; i++) {
      const length = world.lend()!.length;
      expect(world.control(4)).toBe(true);
      // Every other write is short.
      world.take(i % 2 === 0 ? length : length - 1);
      expect(world.arena.used).toBeLessThanOrEqual(16);
    }
    world.flush();
    expect(world.taken).toEqual(world.queued.flat());
  });

  it('gives the bytes of acknowledgements back as they leave, though every write is short', () => {
    const world = new OutboxWorld(64);
    for (let i = 0; i < 100; i++) {
      expect(world.control(4)).toBe(true);
      world.take(Math.max(1, world.lend()!.length - 1));
      expect(world.arena.used).toBeLessThanOrEqual(16);
    }
    world.flush();
    expect(world.taken).toEqual(world.queued.flat());
  });
});

describe('dropping what waits', () => {
  it('keeps the rest of the packet that was begun, and nothing else', () => {
    for (let taken = 0; taken < 14; taken++) {
      const world = new OutboxWorld();
      const packets = [world.push(5)!, world.push(4)!, world.push(5)!];
      world.lend();
      world.take(taken);
      world.outbox.dropUnbegun();
      world.pushOutside(3);
      const begun = packets.findIndex(({ left }) => left === null);
      const ends = [5, 9, 14];
      const end = ends.includes(taken) || taken === 0 ? taken : ends.find((each) => each > taken)!;
      expect(begun === -1).toBe(end === taken);
      world.flush();
      expect(world.taken).toEqual([...world.queued.slice(0, 3).flat().slice(0, end), ...world.queued[3]!]);
      expect(packets.map(({ left }) => left)).toEqual(ends.map((each) => (each <= end ? 'written' : 'dropped')));
      expect(world.arena.used).toBe(0);
    }
  });

  it('keeps all that an outstanding write was given, since it may take it', () => {
    const world = new OutboxWorld();
    const [one, two] = [world.push(5)!, world.push(5)!];
    world.lend();
    const three = world.push(5)!;
    world.control(4);
    world.outbox.dropUnbegun();
    expect([one, two, three].map(({ left }) => left)).toEqual([null, null, 'dropped']);
    world.pushOutside(3);
    world.take(10);
    expect(world.flush()).toEqual(world.queued[4]);
  });

  it('skips acknowledgements that came after the write began', () => {
    const world = new OutboxWorld();
    world.control(4);
    world.lend();
    world.control(4);
    world.outbox.dropUnbegun();
    world.pushOutside(3);
    world.take(4);
    expect(world.flush()).toEqual(world.queued[2]);
    expect(world.arena.used).toBe(0);
  });

  it('that was never begun leaves it empty, and as good as new', () => {
    const world = new OutboxWorld();
    world.push(5);
    world.control(4);
    world.outbox.dropUnbegun();
    expect(world.outbox.isEmpty).toBe(true);
    expect(world.arena.used).toBe(0);
    world.control(4);
    expect(world.flush()).toEqual(world.queued[2]);
  });
});

describe('the loss of the connection', () => {
  it('marks as handed over exactly what a byte was taken of, and what an outstanding write was given', () => {
    for (let taken = 0; taken <= 15; taken++) {
      for (const isLent of [false, true]) {
        const world = new OutboxWorld();
        const packets = [world.push(5)!, world.push(5)!, world.push(5)!];
        world.lend();
        world.take(taken);
        if (isLent) world.lend();
        packets.push(world.push(5)!, world.push(5)!);
        world.outbox.clear();
        const given = isLent && taken < 15 ? 15 : taken;
        expect(packets.map(({ handed }) => handed)).toEqual([0, 5, 10, 15, 20].map((start) => start < given));
        expect(packets.map(({ left }) => left === 'written')).toEqual([5, 10, 15, 20, 25].map((end) => end <= taken));
        expect(world.outbox.isLent).toBe(false);
        expect(world.outbox.isEmpty).toBe(true);
        expect(world.arena.used).toBe(0);
      }
    }
  });

  it('ends the loan: nothing stays in the way of the next connection', () => {
    const world = new OutboxWorld(30);
    world.push(10);
    world.push(10);
    world.lend();
    world.outbox.clear();
    world.pushOutside(4);
    world.push(30);
    expect(world.flush()).toEqual(world.queued.slice(2).flat());
  });
});

describe('whatever comes together', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('push' as const), length: fc.integer({ min: 1, max: 20 }) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('control' as const), length: fc.constantFrom(2, 4, 5) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('outside' as const), length: fc.integer({ min: 1, max: 9 }) }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('lend' as const) }) },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('take' as const), count: fc.constantFrom(0, 1, 2, 3, 7, 15, 99) }),
    },
    // Publishes that were written and wait for their answer: the blocks around move when tx is nearly full.
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('hold' as const), length: fc.integer({ min: 1, max: 15 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('free' as const), pick: fc.nat() }) },
  );

  it('leaves whole, once and in order, whatever moves meanwhile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 120 }), fc.array(step, { maxLength: 150, size: 'max' }), (size, steps) => {
        const world = new OutboxWorld(size);
        const held: Block[] = [];
        for (const each of steps) {
          if (each.kind === 'push') world.push(each.length);
          else if (each.kind === 'control') world.control(each.length);
          else if (each.kind === 'outside') world.pushOutside(each.length);
          else if (each.kind === 'lend') {
            if (!world.outbox.isLent) world.lend();
          } else if (each.kind === 'take') {
            if (world.lent !== null) world.take(each.count);
          } else if (each.kind === 'hold') {
            const block = new Block(world.arena.bytes);
            if (world.arena.allocate(block, each.length, 0)) {
              held.push(block);
              world.arena.bytes.fill(0, block.offset, block.end);
            }
          } else if (held.length > 0) world.arena.release(held.splice(each.pick % held.length, 1)[0]!);
        }
        if (world.lent !== null) world.take(99);
        world.flush();
        expect(world.taken).toEqual(world.queued.flat());
        expect(world.packets.every(({ left }) => left === 'written')).toBe(true);
        for (const block of held) world.arena.release(block);
        expect(world.arena.used).toBe(0);
        expect(world.outbox.writtenCount).toBe(world.outbox.pushedCount);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it('is given back when the connection is lost at any moment, with the right ones marked', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), fc.boolean(), (steps, drops) => {
        const world = new OutboxWorld(90);
        for (const each of steps) {
          if (each.kind === 'push') world.push(each.length);
          else if (each.kind === 'control') world.control(each.length);
          else if (each.kind === 'lend') {
            if (!world.outbox.isLent) world.lend();
          } else if (each.kind === 'take' && world.lent !== null) world.take(each.count);
        }
        const waiting = world.packets.filter(({ left }) => left === null);
        const lent = waiting.filter((packet) => world.outbox.isGiven(packet));
        const begun = waiting.filter(({ handed }) => handed);
        // Only the one at the front can have been begun.
        expect(begun.length).toBeLessThanOrEqual(1);
        if (drops) world.outbox.dropUnbegun();
        expect(waiting.filter(({ left }) => left === null)).toEqual(
          drops ? waiting.filter((packet) => lent.includes(packet) || begun.includes(packet)) : waiting,
        );
        world.outbox.clear();
        for (const packet of waiting) {
          expect(packet.left).toBe('dropped');
          expect(packet.handed).toBe(lent.includes(packet) || begun.includes(packet));
        }
        expect(world.arena.used).toBe(0);
        expect(world.outbox.isEmpty).toBe(true);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
