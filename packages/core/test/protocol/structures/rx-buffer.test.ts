import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RxWorld } from './rx-world.ts';
import { randomFrom } from './random.ts';

const SEED = 7_000_102;

const steps = (size: number): fc.Arbitrary<Step[]> => {
  const length = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 2, max: 8 }) },
    { weight: 3, arbitrary: fc.integer({ min: 2, max: Math.ceil(size / 3) }) },
    { weight: 1, arbitrary: fc.constantFrom(size - 1, size) },
  );
  return fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant('send' as const), kept: fc.boolean(), length }) },
      {
        weight: 8,
        arbitrary: fc.record({
          kind: fc.constant('read' as const),
          most: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(size)),
        }),
      },
      { weight: 6, arbitrary: fc.constantFrom({ kind: 'claim' as const }) },
      { weight: 3, arbitrary: fc.constantFrom({ kind: 'release' as const }) },
      { weight: 1, arbitrary: fc.constantFrom({ kind: 'check' as const }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom({ kind: 'lose' as const }, { kind: 'clear' as const }, { kind: 'check' as const }),
      },
    ),
    { minLength: 20, maxLength: 150, size: 'max' },
  );
};
type Step =
  | { readonly kind: 'send'; readonly kept: boolean; readonly length: number }
  | { readonly kind: 'read'; readonly most: number }
  | { readonly kind: 'claim' | 'release' | 'lose' | 'clear' | 'check' };

function run(world: RxWorld, step: Step): void {
  if (step.kind === 'send') world.send(step.kept, step.length);
  else if (step.kind === 'read') world.read(step.most);
  else if (step.kind === 'release') world.release();
  else if (step.kind === 'clear') world.clear();
  else if (step.kind === 'claim') {
    if (world.unclaimed.length > 0) world.claim();
  } else if (step.kind === 'lose') {
    // The connection is gone: what had arrived whole is still handed over, then the next one begins.
    world.dropPartial();
    while (world.unclaimed.length > 0) world.claim();
    world.clear();
  } else if (world.hand !== null && !world.read(world.size)) world.checkFullAndDrain();
}

/** A buffer of 100 bytes with a message in hand at `start`, and nothing else in it. */
function holding(start: number, length: number): RxWorld {
  const world = new RxWorld(100);
  // A message that is claimed afterwards keeps the place before the other one.
  if (start > 0) world.send(true, start);
  world.send(true, length);
  world.readAll();
  if (start > 0) world.claim();
  world.claim();
  expect(world.hand?.start).toBe(start);
  return world;
}

/** Counts the bytes that are copied from now on. */
function countCopies(world: RxWorld): () => number {
  const { bytes } = world.rx;
  let copied = 0;
  bytes.copyWithin = (target, start, end) => {
    if (target !== start) copied += (end ?? bytes.length) - start;
    return Uint8Array.prototype.copyWithin.call(bytes, target, start, end) as typeof bytes;
  };
  return () => copied;
}

describe('received bytes', () => {
  it('stay as they arrived until they are claimed and released, in order, with room wherever it can be made', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 24, max: 300 }).chain((size) => fc.tuple(fc.constant(size), steps(size))),
        ([size, list]) => {
          const world = new RxWorld(size);
          for (const step of list) run(world, step);
          while (world.unclaimed.length > 0) world.claim();
          world.release();
          world.clear();
          world.send(true, size);
          world.readAll();
          expect(world.unclaimed.length).toBe(1);
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('of a packet as long as the buffer fit, wherever the one before it ended', () => {
    for (let length = 2; length <= 100; length++) {
      for (const kept of [true, false]) {
        const world = new RxWorld(100);
        world.send(kept, length);
        world.readAll();
        if (kept) world.claim();
        world.release();
        world.send(true, 100);
        world.readAll();
        expect(world.unclaimed.length).toBe(1);
        world.claim();
        expect(world.hand?.start).toBe(0);
      }
    }
  });

  it('leave the whole buffer to what comes next when nothing is held, and the larger side of a message in hand', () => {
    const world = new RxWorld(100);
    world.send(true, 30);
    world.send(false, 5);
    world.send(true, 20);
    world.send(false, 3);
    world.readAll();
    world.claim();
    world.claim();
    expect(world.rx.room()?.length).toBe(45);
    world.release();
    expect(world.rx.room()?.length).toBe(100);
    expect(holding(70, 20).rx.room()?.length).toBe(70);
    expect(holding(20, 70).rx.room()?.length).toBe(20);
  });

  it('of a packet that was dealt with are free at once', () => {
    const world = new RxWorld(100);
    world.send(true, 30);
    world.readAll();
    const room = world.rx.room()?.length;
    world.send(false, 9);
    world.send(false, 8);
    world.readAll();
    expect(world.rx.room()?.length).toBe(room);
  });

  it('arrive as well byte by byte as all at once', () => {
    const world = new RxWorld(64);
    const random = randomFrom(5);
    for (let i = 0; i < 500; i++) {
      world.send(random.below(3) > 0, 2 + random.below(40));
      while (world.unreadBytes > 0) if (!world.read(1)) world.makeWay();
    }
  });

  it('make way at once where nobody needs them: packets of other kinds go past unclaimed messages for ever', () => {
    const world = new RxWorld(100);
    world.send(true, 60);
    world.send(true, 36);
    world.readAll();
    // Four bytes are left; the consumer is busy.
    for (let i = 0; i < 50; i++) {
      world.send(false, 4);
      world.readAll();
      expect(world.unreadBytes).toBe(0);
    }
    world.send(false, 5);
    world.readAll();
    expect(world.read(1)).toBe(false);
    world.claim();
    world.release();
    world.readAll();
    expect(world.unreadBytes).toBe(0);
  });

  it('are not kept out by packets that were dealt with: a buffer without a message has room', () => {
    const world = new RxWorld(100);
    world.send(true, 50);
    world.send(true, 30);
    world.send(false, 4);
    world.readAll();
    world.claim();
    world.release();
    world.send(false, 30);
    world.readAll();
    world.claim();
    world.release();
    world.send(true, 90);
    world.readAll();
    expect(world.unclaimed.length).toBe(1);
    world.claim();
  });
});

describe('while a message is in hand', () => {
  it.each([
    { at: 'the start', start: 0, length: 40, most: 60 },
    { at: 'the end', start: 60, length: 40, most: 60 },
    { at: 'the middle, nearer to the end', start: 50, length: 10, most: 50 },
    { at: 'the middle, nearer to the start', start: 40, length: 10, most: 50 },
  ])('at $at, a packet as long as the larger free side arrives, and no longer one', ({ start, length, most }) => {
    const fits = holding(start, length);
    fits.send(true, most);
    fits.readAll();
    expect(fits.unclaimed.length).toBe(1);

    const tooLong = holding(start, length);
    tooLong.send(true, most + 1);
    tooLong.readAll();
    expect(tooLong.read(1)).toBe(false);
    tooLong.release();
    tooLong.readAll();
    expect(tooLong.unclaimed.length).toBe(1);
    tooLong.claim();
  });

  it.each([0, 30, 45, 60, 90])(
    'at %i, both sides fill with messages, and what small packets need is found on either',
    (start) => {
      const world = holding(start, 10);
      const random = randomFrom(start);
      let kept = 0;
      for (let i = 0; i < 200; i++) {
        const length = 2 + random.below(7);
        const free = 90 - world.liveBytes;
        world.send(free > 14, length);
        world.readAll();
        if (world.unreadBytes > 0) break;
        kept = world.liveBytes;
      }
      expect(kept).toBeGreaterThan(74);
      if (!world.read(1)) world.checkFullAndDrain();
    },
  );

  it('acknowledgements go past it for ever, on whichever side there are a few bytes', () => {
    // 52 bytes before it, 40 behind.
    const world = holding(52, 8);
    world.send(true, 50);
    world.readAll();
    for (let i = 0; i < 30; i++) {
      world.send(false, 4);
      world.readAll();
      expect(world.unreadBytes).toBe(0);
    }
    world.send(true, 36);
    world.readAll();
    for (let i = 0; i < 30; i++) {
      world.send(false, 4);
      world.readAll();
      expect(world.unreadBytes).toBe(0);
    }
    expect(world.unclaimed.length).toBe(2);
    world.claim();
    world.claim();
  });

  it('small packets arrive behind what is behind it, where nothing is free before it', () => {
    // 30 bytes of the 100 are before it, and 20 are free behind what is behind it.
    const world = new RxWorld(100);
    for (const length of [30, 10, 40]) world.send(true, length);
    world.readAll();
    world.claim();
    world.claim();
    world.send(true, 25);
    world.readAll();
    for (let i = 0; i < 30; i++) {
      world.send(false, 10);
      world.readAll();
      expect(world.unreadBytes).toBe(0);
    }
    // And a message there is still the last one.
    world.send(true, 15);
    world.readAll();
    world.send(false, 5);
    world.readAll();
    world.send(false, 6);
    world.readAll();
    expect(world.read(1)).toBe(false);
    expect(world.unclaimed.map(({ length }) => length)).toEqual([40, 25, 15]);
    while (world.unclaimed.length > 0) world.claim();
  });

  it('a packet that has begun to arrive goes on elsewhere', () => {
    const world = holding(0, 30);
    world.send(true, 30);
    world.readAll();
    world.send(true, 45);
    world.read(20);
    world.claim();
    // In hand: 30 to 60. The other one began at 60 and needs 45.
    world.readAll();
    expect(world.read(1)).toBe(false);
    world.release();
    world.readAll();
    expect(world.unclaimed.length).toBe(1);
    world.claim();
  });

  it('clear() forgets everything else, and the next connection does not touch it', () => {
    for (const start of [0, 30, 60]) {
      const world = holding(start, 40);
      world.send(true, 20);
      world.send(true, 30);
      world.read(25);
      world.clear();
      world.send(true, Math.max(start, 60 - start));
      world.readAll();
      expect(world.unclaimed.length).toBe(1);
      world.checkHand();
      world.claim();
    }
  });

  it('dropPartial() forgets what has not arrived whole, and nothing that has', () => {
    const world = holding(30, 20);
    world.send(true, 12);
    world.send(true, 13);
    world.send(true, 30);
    world.read(40);
    world.dropPartial();
    expect(world.rx.messageCount).toBe(2);
    world.checkHand();
    world.claim();
    world.claim();
    world.send(true, 40);
    world.readAll();
    expect(world.unclaimed.length).toBe(1);
  });
});

describe('what the buffer costs', () => {
  it.each([
    { name: 'messages alone', kept: 1, of: 1 },
    { name: 'messages among as many packets of other kinds', kept: 1, of: 2 },
  ])('$name, always full: less than every byte is copied', ({ kept, of }) => {
    const world = new RxWorld(4096);
    const random = randomFrom(6);
    const copied = countCopies(world);
    let sent = 0;
    for (let i = 0; i < 3_000; i++) {
      const length = 20 + random.below(200);
      world.send(random.below(of) < kept, length);
      sent += length;
      while (world.unreadBytes > 0) if (!world.read(world.size)) world.makeWay();
    }
    expect(copied() / sent).toBeLessThan(1);
  });

  it('half full all the time: next to nothing is copied', () => {
    const world = new RxWorld(4096);
    const copied = countCopies(world);
    const random = randomFrom(9);
    let sent = 0;
    for (let i = 0; i < 3000; i++) {
      const length = 20 + random.below(100);
      world.send(true, length);
      sent += length;
      world.readAll();
      while (world.liveBytes > 2048) {
        world.claim();
        world.release();
      }
    }
    expect(copied() / sent).toBeLessThan(0.05);
  });
});
