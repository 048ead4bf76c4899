import { describe, expect, it } from 'vitest';
import { type LinkEvent, VirtualTime, memoryLink, seededRandom } from '@minimq/testkit';
import { bytes, counting, isPending, readAll, sendAll } from './link-helpers.ts';

/** Writes until the link refuses, and says what it took and why it stopped. */
async function sendUntilRefused(io: { write(message: Uint8Array<ArrayBuffer>): number | Promise<number> }) {
  const message = counting(100);
  let sent = 0;
  try {
    while (sent < message.length) sent += await io.write(message.subarray(sent));
    return { sent, error: undefined };
  } catch (error) {
    return { sent, error };
  }
}

describe('chunks', () => {
  it('bound what a read gives and what a write takes, down to one byte', async () => {
    const { client, server } = memoryLink({ client: { writeMaxBytes: 2 }, server: { readMaxBytes: 1 } });
    expect(client.write(counting(5))).toBe(2);
    expect(client.write(counting(5).subarray(2))).toBe(2);
    const buffer = new Uint8Array(5);
    expect([server.read(buffer), server.read(buffer), server.read(buffer)]).toEqual([1, 1, 1]);
    expect(buffer).toEqual(bytes(2, 0, 0, 0, 0));
    server.readMaxBytes = Number.POSITIVE_INFINITY;
    expect(client.write(bytes(4))).toBe(1);
    expect(server.read(buffer)).toBe(2);
  });

  it('can be decided anew for each call, by seed, and repeat with it', async () => {
    const run = async (seed: number): Promise<number[]> => {
      const random = seededRandom(seed);
      const { client, server } = memoryLink({ server: { readMaxBytes: () => random() * 9 } });
      const message = counting(200);
      await sendAll(client, message);
      await client.close();
      const sizes: number[] = [];
      const received: number[] = [];
      const buffer = new Uint8Array(50);
      for (;;) {
        const count = await server.read(buffer);
        if (count === 0) break;
        sizes.push(count);
        received.push(...buffer.subarray(0, count));
      }
      expect(received).toEqual([...message]);
      return sizes;
    };
    const sizes = await run(7);
    expect(new Set(sizes).size).toBeGreaterThan(4);
    expect(await run(7)).toEqual(sizes);
    expect(await run(8)).not.toEqual(sizes);
  });
});

describe.each(['toServer', 'toClient'] as const)('a cut %s', (direction) => {
  const open = () => {
    const link = memoryLink({ capacityBytes: 30 });
    const [writer, reader] = direction === 'toServer' ? [link.client, link.server] : [link.server, link.client];
    return { link, writer, reader, way: link[direction] };
  };

  it('counted where the bytes are written falls at exactly that byte, for every byte', async () => {
    for (let cutBytes = 0; cutBytes <= 100; cutBytes += 1) {
      const { writer, reader, way } = open();
      way.cutAfter(cutBytes);
      const [{ sent, error }, received] = await Promise.all([sendUntilRefused(writer), readAll(reader, 101)]);
      expect(sent).toBe(cutBytes);
      if (cutBytes < 100) expect(error).toMatchObject({ name: 'LinkError', code: 'reset' });
      expect(received).toEqual(counting(100).subarray(0, cutBytes));
      expect(await reader.read(new Uint8Array(1))).toBe(0);
      expect(() => reader.write(bytes(1))).toThrow(`has been cut`);
      expect(await writer.read(new Uint8Array(1))).toBe(0);
    }
  });

  it('counted where the bytes are read lets the writer go on, and loses the rest, for every byte', async () => {
    for (let cutBytes = 1; cutBytes <= 100; cutBytes += 1) {
      const { writer, reader, way } = open();
      way.cutAfter(cutBytes, { counted: 'read' });
      const [{ sent, error }, received] = await Promise.all([sendUntilRefused(writer), readAll(reader, 101)]);
      expect(sent).toBeGreaterThanOrEqual(cutBytes);
      expect(sent).toBeLessThanOrEqual(cutBytes + 60);
      if (cutBytes <= 40) expect(error).toMatchObject({ code: 'reset' });
      expect(received).toEqual(counting(100).subarray(0, cutBytes));
      expect(way.readBytes).toBe(cutBytes);
      expect(await writer.read(new Uint8Array(1))).toBe(0);
    }
  });

  it('can show as a reset, with an error of the test’s own', async () => {
    const { writer, reader, way } = open();
    const error = new Error('ECONNRESET');
    way.cutAfter(2, { reads: 'reset', error });
    const read = writer.read(new Uint8Array(1));
    expect(writer.write(counting(5))).toBe(2);
    expect(() => writer.write(counting(5))).toThrow(error);
    const buffer = new Uint8Array(8);
    expect(reader.read(buffer)).toBe(2);
    expect(() => reader.read(buffer)).toThrow(error);
    expect(() => reader.read(buffer)).toThrow(error);
    await expect(read).rejects.toBe(error);
  });

  it('can be moved and taken back, but not to where it has been passed', () => {
    const { writer, way } = open();
    way.cutAfter(3);
    way.cutAfter(Number.POSITIVE_INFINITY);
    expect(writer.write(counting(5))).toBe(5);
    expect(() => way.cutAfter(4)).toThrow('5 bytes have passed');
    way.cutAfter(5);
    expect(way.isEnded).toBe(true);
  });

  it('still lets the other direction’s bytes be read, or loses them', () => {
    for (const inFlight of ['delivered', 'lost'] as const) {
      const { writer, reader, way } = open();
      void reader.write(bytes(7, 8));
      way.cutAfter(0, { inFlight });
      expect(writer.read(new Uint8Array(8))).toBe(inFlight === 'delivered' ? 2 : 0);
      expect(writer.read(new Uint8Array(8))).toBe(0);
    }
  });
});

describe('the link as a whole', () => {
  /** Takes a byte where there is room for one only. */
  const openFull = () => {
    const link = memoryLink({ capacityBytes: 1 });
    void link.client.write(bytes(1));
    void link.server.write(bytes(2));
    return link;
  };

  it('cut: writes reject at both ends, waiting ones too; what is under way is still read', async () => {
    const link = openFull();
    const writes = [link.client.write(bytes(3)), link.server.write(bytes(4))];
    link.cut();
    for (const write of writes) await expect(write).rejects.toMatchObject({ code: 'reset' });
    expect(() => link.client.write(bytes(5))).toThrow('toServer has been cut');
    expect(await readAll(link.server, 9)).toEqual(bytes(1));
    expect(await readAll(link.client, 9)).toEqual(bytes(2));
  });

  it('reset: what is under way is lost and reads reject, even where the link is stalled', async () => {
    const link = openFull();
    link.toServer.stall();
    const read = link.server.read(new Uint8Array(1));
    expect(await isPending(read)).toBe(true);
    link.reset();
    await expect(read).rejects.toMatchObject({ code: 'reset', message: 'toServer has been cut' });
    expect(() => link.client.read(new Uint8Array(1))).toThrow('toClient has been cut');
    expect([link.toServer.inFlightBytes, link.toClient.inFlightBytes]).toEqual([0, 0]);
  });

  it('reset overtakes an end that nobody has read yet, and not one that somebody has', async () => {
    const unread = memoryLink();
    unread.cut();
    unread.reset();
    expect(() => unread.server.read(new Uint8Array(1))).toThrow('has been cut');
    const stalled = memoryLink();
    stalled.toServer.stall();
    stalled.cut();
    const read = stalled.server.read(new Uint8Array(1));
    expect(await isPending(read)).toBe(true);
    stalled.reset();
    await expect(read).rejects.toMatchObject({ code: 'reset' });
    const known = memoryLink();
    known.cut();
    expect(known.server.read(new Uint8Array(1))).toBe(0);
    known.reset();
    expect(known.server.read(new Uint8Array(1))).toBe(0);
  });

  it('half-closed: that direction ends, the other one goes on', async () => {
    const { client, server, toServer } = memoryLink();
    void client.write(bytes(1));
    toServer.halfClose();
    expect(() => client.write(bytes(2))).toThrow('toServer has been half-closed');
    expect(await readAll(server, 9)).toEqual(bytes(1));
    expect(server.write(bytes(3))).toBe(1);
    expect(await readAll(client, 1)).toEqual(bytes(3));
    expect(await isPending(client.read(new Uint8Array(1)))).toBe(true);
  });
});

describe('a stall', () => {
  it('holds back bytes and the end until resume(), while the writer goes on as long as there is room', async () => {
    const { client, server, toServer, toClient } = memoryLink({ capacityBytes: 4 });
    toServer.stall();
    const buffer = new Uint8Array(8);
    const read = server.read(buffer);
    expect(client.write(counting(5))).toBe(4);
    const write = client.write(bytes(9));
    expect(await isPending(read)).toBe(true);
    expect(await isPending(write)).toBe(true);
    expect(server.write(bytes(1))).toBe(1);
    expect(toClient.inFlightBytes).toBe(1);
    toServer.resume();
    expect(await read).toBe(4);
    expect(await write).toBe(1);
    expect(server.read(buffer)).toBe(1);
    toServer.stall();
    const end = server.read(buffer);
    void client.close();
    expect(await isPending(end)).toBe(true);
    toServer.resume();
    expect(await end).toBe(0);
  });

  it('may begin at a byte', () => {
    const { client, server, toServer } = memoryLink();
    toServer.deliverUpTo(3);
    void client.write(counting(5));
    expect(server.read(new Uint8Array(8))).toBe(3);
    toServer.deliverUpTo(4);
    expect(server.read(new Uint8Array(8))).toBe(1);
  });

  it('that follows a clock is latency', async () => {
    const latencyMs = 50;
    const time = new VirtualTime();
    const link = memoryLink();
    link.toServer.stall();
    link.tap((event) => {
      if (event.direction !== 'toServer' || event.kind === 'read') return;
      const arrived = event.kind === 'written' ? event.atByte + event.bytes.length : Number.POSITIVE_INFINITY;
      time.clock().wake(time.nowMs + latencyMs, () => link.toServer.deliverUpTo(arrived));
    });
    void link.client.write(bytes(1, 2));
    await time.advance(20);
    void link.client.write(bytes(3));
    link.cut();
    expect(await time.until(readAll(link.server, 2))).toEqual(bytes(1, 2));
    expect(time.nowMs).toBe(50);
    expect(await time.until(readAll(link.server, 9))).toEqual(bytes(3));
    expect(time.nowMs).toBe(70);
  });
});

describe('a tap', () => {
  it('sees everything that passes, in order, until it is taken out', async () => {
    const link = memoryLink({ capacityBytes: 2 });
    const events: LinkEvent[] = [];
    const takeOut = link.tap((event) => events.push(event));
    const message = bytes(1, 2, 3);
    void link.client.write(message);
    message.fill(0);
    const buffer = new Uint8Array(1);
    void link.server.read(buffer);
    buffer.fill(0);
    void link.server.write(bytes(9));
    void link.client.close();
    expect(events).toEqual([
      { kind: 'written', direction: 'toServer', atByte: 0, bytes: bytes(1, 2) },
      { kind: 'read', direction: 'toServer', atByte: 0, bytes: bytes(1) },
      { kind: 'written', direction: 'toClient', atByte: 0, bytes: bytes(9) },
      { kind: 'ended', direction: 'toServer', atByte: 2, lostBytes: 0 },
      { kind: 'ended', direction: 'toClient', atByte: 1, lostBytes: 1 },
    ]);
    takeOut();
    void link.server.read(new Uint8Array(1));
    expect(events).toHaveLength(5);
  });

  it('keeps what it saw also where the bytes are a Node Buffer, whose slice() copies nothing', async () => {
    const link = memoryLink();
    const events: LinkEvent[] = [];
    link.tap((event) => events.push(event));
    const [message, buffer] = [Buffer.of(1, 2), Buffer.alloc(2)];
    await link.client.write(message);
    await link.server.read(buffer);
    message.fill(0);
    buffer.fill(0);
    expect(events).toEqual([
      { kind: 'written', direction: 'toServer', atByte: 0, bytes: bytes(1, 2) },
      { kind: 'read', direction: 'toServer', atByte: 0, bytes: bytes(1, 2) },
    ]);
  });

  it('may cut the link, or stall it, on what it sees', () => {
    const link = memoryLink();
    link.tap((event) => {
      if (event.kind === 'written' && event.bytes.includes(0xff)) link.cut();
    });
    expect(link.client.write(bytes(1))).toBe(1);
    expect(link.client.write(bytes(0xff))).toBe(1);
    expect(() => link.client.write(bytes(2))).toThrow('toServer has been cut');
    expect(link.server.read(new Uint8Array(8))).toBe(2);
  });
});

describe('speed', () => {
  it(
    'twenty thousand round trips in turns of a virtual clock are a matter of a second',
    { timeout: 5_000 },
    async () => {
      const time = new VirtualTime();
      const link = memoryLink({ answers: 'turn', clock: time.clock('link') });
      const answer = async (): Promise<void> => {
        const buffer = new Uint8Array(16);
        for (;;) {
          const count = await link.server.read(buffer);
          if (count === 0) return;
          await sendAll(link.server, buffer.subarray(0, count));
        }
      };
      const answered = answer();
      const buffer = new Uint8Array(16);
      for (let trip = 0; trip < 20_000; trip += 1) {
        await link.client.write(bytes(trip));
        await link.client.read(buffer);
      }
      await link.client.close();
      await answered;
      expect(link.toClient.readBytes).toBe(20_000);
      expect(time.pending).toEqual([]);
    },
  );
});
