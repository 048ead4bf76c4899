import { describe, expect, it } from 'vitest';
import { Buffers, Session } from '@minimq/core';
import {
  LateClock,
  memoryLink,
  MemoryBroker,
  VirtualTime,
  type LinkEvent,
  type LinkFaults,
  type MemoryLink,
  type MemoryLinkOptions,
} from '@minimq/testkit';
import { bytes, counting, isPending, readAll, sendAll } from '../link-helpers.ts';

function open(faults: LinkFaults, options: MemoryLinkOptions = {}): { time: VirtualTime; link: MemoryLink } {
  const time = new VirtualTime();
  return { time, link: memoryLink({ clock: time.clock('link'), faults, ...options }) };
}

/** Reads to the end, and says when how many bytes came. */
async function arrivals(time: VirtualTime, link: MemoryLink): Promise<(readonly [atMs: number, count: number])[]> {
  const seen: [number, number][] = [];
  const buffer = new Uint8Array(1024);
  for (;;) {
    const count = await link.server.read(buffer);
    seen.push([time.nowMs, count]);
    if (count === 0) return seen;
  }
}

describe('latency', () => {
  it('lets every byte, and the end, arrive so much later, and the other direction at once', async () => {
    const { time, link } = open({ toServer: { latencyMs: 30 } });
    const arriving = arrivals(time, link);
    void link.client.write(counting(5));
    void link.server.write(bytes(1));
    expect(link.client.read(new Uint8Array(1))).toBe(1);
    await time.advance(10);
    void link.client.write(counting(2));
    link.toServer.halfClose();
    expect(await time.until(arriving)).toEqual([
      [30, 5],
      [40, 2],
      [40, 0],
    ]);
    expect(time.pending).toEqual([]);
  });

  it('with jitter never lets a later byte overtake an earlier one, and repeats by seed', async () => {
    const run = async (seed: number) => {
      const { time, link } = open({ both: { latencyMs: 10, jitterMs: 50 } }, { seed });
      const arriving = arrivals(time, link);
      for (let count = 0; count < 20; count += 1) {
        void link.client.write(bytes(count));
        await time.advance(7);
      }
      await link.client.close();
      return time.until(arriving);
    };
    const seen = await run(3);
    const times = seen.map(([atMs]) => atMs);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(new Set(times).size).toBeGreaterThan(3);
    expect(times.at(-1)).toBeLessThanOrEqual(20 * 7 + 60);
    expect(await run(3)).toEqual(seen);
    expect(await run(4)).not.toEqual(seen);
  });

  it('leaves no timer where the link is reset meanwhile', async () => {
    const { time, link } = open({ both: { latencyMs: 30 } });
    void link.client.write(counting(5));
    link.reset();
    expect(time.pending).toEqual([]);
    expect(() => link.server.read(new Uint8Array(1))).toThrow('toServer has been cut');
  });

  it('needs a clock', () => {
    expect(() => memoryLink({ faults: { both: { latencyMs: 1 } } })).toThrow(
      'faults that take time need a link with a clock of its own',
    );
  });
});

describe('bandwidth', () => {
  it('lets so many bytes a second through, in pieces of a hundredth of one', async () => {
    const { time, link } = open({ toServer: { bytesPerSecond: 1_000 } });
    const arriving = arrivals(time, link);
    void link.client.write(counting(25));
    link.toServer.halfClose();
    expect(await time.until(arriving)).toEqual([
      [10, 10],
      [20, 10],
      [25, 5],
      [25, 0],
    ]);
  });

  it('makes the writer wait where the line is full', async () => {
    const { time, link } = open({ toServer: { bytesPerSecond: 100 } }, { capacityBytes: 10 });
    const arriving = arrivals(time, link);
    const sending = sendAll(link.client, counting(50)).then(() => time.nowMs);
    expect(await time.until(sending)).toBe(400);
    await link.client.close();
    expect((await time.until(arriving)).at(-1)).toEqual([500, 0]);
  });

  it('may change while bytes are under way, and goes with latency', async () => {
    const { time, link } = open({ toServer: { bytesPerSecond: 10, latencyMs: 5 } });
    const arriving = arrivals(time, link);
    void link.client.write(counting(4));
    await time.advance(200);
    link.setFaults({});
    link.toServer.halfClose();
    expect(await time.until(arriving)).toEqual([
      [105, 1],
      [200, 3],
      [200, 0],
    ]);
  });
});

describe('pieces', () => {
  it('arrive and are taken in the sizes that are asked for', async () => {
    const { link } = open({ toServer: { chunkBytes: 1, writeMaxBytes: 2 } });
    expect(link.client.write(counting(5))).toBe(2);
    const buffer = new Uint8Array(5);
    expect([link.server.read(buffer), link.server.read(buffer)]).toEqual([1, 1]);
    expect(link.server.write(counting(5))).toBe(5);
    expect(link.client.read(buffer)).toBe(5);
  });

  it('are drawn by seed from a range', async () => {
    const { link } = open({ toServer: { chunkBytes: [2, 4] } });
    void link.client.write(counting(60));
    const sizes = new Set<number>();
    while (link.toServer.inFlightBytes >= 4) sizes.add((await link.server.read(new Uint8Array(60))) as number);
    expect(sizes).toEqual(new Set([2, 3, 4]));
  });
});

it('reports a write that returns 0, which no transport may, as a TransportError', async () => {
  const { time, link } = open({ toServer: { zeroWrites: true } });
  const buffers = Buffers.allocate({ rx: 256, tx: 256 });
  const session = new Session({ buffers, clock: time.clock('session') });
  await expect(time.until(session.connect(link.client))).rejects.toMatchObject({ name: 'TransportError' });
  expect(link.client.isClosed).toBe(true);
});

describe('an end', () => {
  it.each([
    ['cut', 'server', 3, 0],
    ['half-close', 'server', 3, 0],
    ['reset', 'server', 'toServer has been cut', 'toServer has been cut'],
  ] as const)('by %s after 3 bytes', async (how, _, first, second) => {
    const { link } = open({ toServer: { end: { afterBytes: 3, how } } });
    expect(link.client.write(counting(10))).toBe(3);
    expect(() => link.client.write(counting(7))).toThrow();
    for (const wanted of [first, second]) {
      if (typeof wanted === 'number') expect(link.server.read(new Uint8Array(10))).toBe(wanted);
      else expect(() => link.server.read(new Uint8Array(10))).toThrow(wanted);
    }
    expect(link.toClient.isEnded).toBe(how !== 'half-close');
  });

  it('comes at once where the byte has passed, and not at all where it is taken back before', () => {
    const { link } = open({ toServer: { end: { afterBytes: 3 } } });
    link.setFaults({});
    expect(link.client.write(counting(10))).toBe(10);
    link.setFaults({ toServer: { end: { afterBytes: 3 } } });
    expect(link.toServer.isEnded).toBe(true);
  });
});

describe('a stall', () => {
  it('holds everything back, the end as well, until it is taken back', async () => {
    const { link } = open({ toServer: { stalled: true } }, { capacityBytes: 8 });
    const buffer = new Uint8Array(10);
    const reading = link.server.read(buffer);
    expect(link.client.write(counting(10))).toBe(8);
    expect(await isPending(link.client.write(counting(1)))).toBe(true);
    await link.client.close();
    expect(await isPending(reading)).toBe(true);
    link.setFaults({});
    expect(await reading).toBe(8);
    expect(link.server.read(buffer)).toBe(0);
  });
});

describe('a black hole', () => {
  it('takes everything for ever and delivers nothing, not even the end', async () => {
    const { link } = open({ toServer: { blackHole: true } }, { capacityBytes: 8 });
    const reading = link.server.read(new Uint8Array(10));
    expect(link.client.write(counting(100))).toBe(100);
    expect(link.toServer.inFlightBytes).toBe(0);
    link.setFaults({});
    expect(link.client.write(counting(100))).toBe(100);
    await link.client.close();
    expect(await isPending(reading)).toBe(true);
    expect(link.server.write(counting(100))).toBe(100);
    link.cut();
    expect(await reading).toBe(0);
  });

  it('also takes a write that has been waiting for room', async () => {
    const { link } = open({}, { capacityBytes: 8 });
    expect(link.client.write(counting(8))).toBe(8);
    const waiting = link.client.write(counting(8));
    expect(await isPending(waiting)).toBe(true);
    link.setFaults({ toServer: { blackHole: true } });
    expect(await waiting).toBe(8);
    expect(link.server.read(new Uint8Array(20))).toBe(8);
  });

  it('lets arrive what was under way before', () => {
    const { link } = open({});
    void link.client.write(bytes(7));
    link.setFaults({ toServer: { blackHole: true } });
    void link.client.write(bytes(8));
    const buffer = new Uint8Array(2);
    expect(link.server.read(buffer)).toBe(1);
    expect(buffer).toEqual(bytes(7, 0));
  });
});

describe('late timers', () => {
  it('fire so much after their time, and never where they are taken back', async () => {
    const time = new VirtualTime();
    const clock = new LateClock(time.clock(), { lateMs: 20 });
    const fired: number[] = [];
    clock.wake(10, () => fired.push(clock.now()));
    await time.advance(29);
    expect(fired).toEqual([]);
    await time.advance(1);
    clock.late = {};
    clock.wake(35, () => fired.push(clock.now()));
    await time.advance(100);
    clock.wake(200, () => fired.push(clock.now()));
    clock.wake(undefined, () => {});
    await time.advance(100);
    expect(fired).toEqual([30, 35]);
  });

  it('repeat their jitter by seed', async () => {
    const run = async (seed: number): Promise<number> => {
      const time = new VirtualTime();
      const clock = new LateClock(time.clock(), { jitterMs: 100 }, seed);
      return time.until(new Promise((resolve) => clock.wake(10, () => resolve(clock.now()))));
    };
    expect(await run(1)).toBe(await run(1));
    expect(await run(1)).not.toBe(await run(2));
  });
});

it.each([
  [{ both: { latencyMs: -1 } }, 'latencyMs toServer has to be a finite number, 0 or more, not -1'],
  [{ toClient: { bytesPerSecond: 0 } }, 'bytesPerSecond toClient has to be a finite number, above 0, not 0'],
  [{ toServer: { chunkBytes: [3, 2] } }, 'chunkBytes toServer has to be a whole number, 3 or more, not 2'],
  [{ both: { writeMaxBytes: 0 } }, 'writeMaxBytes toServer has to be a whole number, 1 or more, not 0'],
  [{ both: { end: { afterBytes: 1.5 } } }, 'end.afterBytes toServer has to be a whole number, 0 or more, not 1.5'],
] satisfies [LinkFaults, string][])('refuses %j', (faults, message) => {
  expect(() => open(faults)).toThrow(new RangeError(message));
});

it('gives the same run for the same seed, byte for byte, and another one for another seed', async () => {
  const run = async (seed: number) => {
    const time = new VirtualTime();
    const broker = new MemoryBroker({ clock: time.clock('broker') });
    const faults: LinkFaults = {
      both: { latencyMs: 5, jitterMs: 20, chunkBytes: [1, 9], writeMaxBytes: [1, 30], bytesPerSecond: 5_000 },
    };
    const link = memoryLink({ clock: time.clock('link'), faults, seed });
    const events: (LinkEvent & { atMs: number })[] = [];
    link.tap((event) => events.push({ ...event, atMs: time.nowMs }));
    broker.accept(link.server);
    const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
    const session = new Session({ buffers, clock: time.clock('session'), clientId: 'c', keepAlive: 0 });
    await time.until(session.connect(link.client));
    await time.until(session.subscribe(['#']));
    for (let count = 0; count < 5; count += 1) await time.until(session.publish({ topic: 'a', payload: 'x', qos: 2 }));
    for (let count = 0; count < 5; count += 1) await time.until(session.recv());
    await time.until(session.disconnect());
    await time.until(broker.close());
    return events;
  };
  const events = await run(1);
  expect(events.length).toBeGreaterThan(50);
  expect(await run(1)).toEqual(events);
  expect(await run(2)).not.toEqual(events);
});

it('reads what was sent under every fault that loses nothing', async () => {
  const { time, link } = open({
    toServer: { latencyMs: 3, jitterMs: 9, bytesPerSecond: 40_000, chunkBytes: [1, 40], writeMaxBytes: [1, 40] },
  });
  const sending = sendAll(link.client, counting(2_000)).then(() => link.client.close());
  expect(await time.until(readAll(link.server, 3_000))).toEqual(counting(2_000));
  await time.until(sending);
});
