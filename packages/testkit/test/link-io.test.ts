import { describe, expect, it } from 'vitest';
import type { Io } from '@minimq/core';
import { type Answers, type LinkEnd, type MemoryLinkOptions, VirtualTime, memoryLink } from '@minimq/testkit';
import { bytes, counting, isPending, readAll, sendAll } from './link-helpers.ts';

// Every sentence of the contract of Io, on both ends and in each way of answering.

const ways: { side: 'client' | 'server'; answers: Answers }[] = (['client', 'server'] as const).flatMap((side) =>
  (['at-once', 'microtask', 'turn'] as const).map((answers) => ({ side, answers })),
);

describe.each(ways)('Io: the $side answering $answers', ({ side, answers }) => {
  const open = (options: MemoryLinkOptions = {}) => {
    const link = memoryLink({ answers, clock: new VirtualTime().clock('link'), ...options });
    const near: LinkEnd = link[side];
    const peer: LinkEnd = link[side === 'client' ? 'server' : 'client'];
    const outgoing = side === 'client' ? link.toServer : link.toClient;
    return { link, near, peer, outgoing };
  };

  it('puts what has arrived at the start of the buffer and returns how many', async () => {
    const { near, peer } = open();
    await sendAll(peer, bytes(1, 2, 3));
    const buffer = new Uint8Array(5).fill(0xee);
    expect(await near.read(buffer)).toBe(3);
    expect(buffer).toEqual(bytes(1, 2, 3, 0xee, 0xee));
  });

  it('reads no more than the buffer holds, and the rest next time', async () => {
    const { near, peer } = open();
    await sendAll(peer, bytes(1, 2, 3));
    const buffer = new Uint8Array(2);
    expect(await near.read(buffer)).toBe(2);
    expect(buffer).toEqual(bytes(1, 2));
    expect(await near.read(buffer)).toBe(1);
    expect(buffer).toEqual(bytes(3, 2));
  });

  it('keeps a read pending while there is no data', async () => {
    const { near, peer } = open();
    const buffer = new Uint8Array(4);
    const read = near.read(buffer);
    expect(await isPending(read)).toBe(true);
    expect(near.outstanding).toEqual(['read']);
    await sendAll(peer, bytes(9));
    expect(await read).toBe(1);
    expect(buffer).toEqual(bytes(9, 0, 0, 0));
    expect(near.outstanding).toEqual([]);
  });

  it('answers with a number or a promise, as asked', async () => {
    const { near, peer } = open();
    await sendAll(peer, bytes(1));
    const kind = answers === 'at-once' ? 'number' : 'object';
    const results = [near.read(new Uint8Array(1)), near.write(bytes(1))];
    expect(results.map((result) => typeof result)).toEqual([kind, kind]);
    const flushed = near.flush();
    expect(typeof flushed).toBe(answers === 'at-once' ? 'undefined' : 'object');
    await Promise.all([...results, flushed]);
    const closed = near.close();
    expect(typeof closed).toBe(answers === 'at-once' ? 'undefined' : 'object');
    await closed;
  });

  it('says 0 once the peer has ended the stream and all is read, and again on every later read', async () => {
    const { near, peer } = open();
    await sendAll(peer, bytes(1, 2));
    await peer.close();
    const buffer = new Uint8Array(8);
    expect(await near.read(buffer)).toBe(2);
    expect(await near.read(buffer)).toBe(0);
    expect(await near.read(buffer)).toBe(0);
    expect(buffer).toEqual(bytes(1, 2, 0, 0, 0, 0, 0, 0));
  });

  it('ends a pending read with 0 when the peer ends the stream', async () => {
    const { near, peer } = open();
    const read = near.read(new Uint8Array(8));
    expect(await isPending(read)).toBe(true);
    await peer.close();
    expect(await read).toBe(0);
  });

  it('has taken the bytes when a write settles: the caller may overwrite them', async () => {
    const { near, peer } = open();
    const message = bytes(1, 2, 3);
    expect(await near.write(message)).toBe(3);
    message.fill(0xee);
    expect(await readAll(peer, 3)).toEqual(bytes(1, 2, 3));
  });

  it('takes as many bytes as there is room for, and then waits until the peer reads', async () => {
    const { near, peer, outgoing } = open({ capacityBytes: 4 });
    const message = counting(6);
    expect(await near.write(message)).toBe(4);
    const write = near.write(message.subarray(4));
    expect(await isPending(write)).toBe(true);
    expect(near.outstanding).toEqual(['write']);
    expect(outgoing.inFlightBytes).toBe(4);
    expect(await readAll(peer, 1)).toEqual(bytes(0));
    expect(await write).toBe(1);
    expect(outgoing.inFlightBytes).toBe(4);
    expect(await readAll(peer, 4)).toEqual(bytes(1, 2, 3, 4));
  });

  it('carries a megabyte through a link that holds 100 bytes, in order', async () => {
    const { near, peer, outgoing } = open({ capacityBytes: 100 });
    const message = counting(answers === 'at-once' ? 1024 * 1024 : 64 * 1024);
    const [, received] = await Promise.all([sendAll(near, message), readAll(peer, message.length)]);
    expect(Buffer.compare(received, message)).toBe(0);
    expect(outgoing.writtenBytes).toBe(message.length);
    expect(outgoing.readBytes).toBe(message.length);
  });

  it('reads and writes at the same time', async () => {
    const { near, peer } = open();
    const read = near.read(new Uint8Array(1));
    expect(await near.write(bytes(5))).toBe(1);
    expect(await readAll(peer, 1)).toEqual(bytes(5));
    await sendAll(peer, bytes(6));
    expect(await read).toBe(1);
  });

  it('settles a pending read and a pending write when closed, and touches neither buffer afterwards', async () => {
    const { near, peer, outgoing } = open({ capacityBytes: 1 });
    await sendAll(near, bytes(1));
    const buffer = new Uint8Array(4);
    const [read, write] = [near.read(buffer), near.write(bytes(2))];
    expect(await isPending(read)).toBe(true);
    expect(await isPending(write)).toBe(true);
    const closed = near.close();
    const peerWrite = attempt(() => peer.write(bytes(7)));
    await closed;
    expect(await read).toBe(0);
    await expect(write).rejects.toMatchObject({ name: 'LinkError', code: 'closed' });
    await expect(peerWrite).rejects.toMatchObject({ code: 'reset' });
    expect(buffer).toEqual(bytes(0, 0, 0, 0));
    expect(await readAll(peer, 1)).toEqual(bytes(1));
    expect(await peer.read(new Uint8Array(1))).toBe(0);
    expect(outgoing.writtenBytes).toBe(1);
    expect(near.outstanding).toEqual([]);
  });

  it('does not touch the buffer of a read that data and close() meet at the same moment', async () => {
    const { near, peer } = open();
    const buffer = new Uint8Array(4);
    await sendAll(peer, bytes(1, 2));
    const read = near.read(buffer);
    const closed = near.close();
    if (answers === 'at-once') expect(read).toBe(2);
    else expect(buffer).toEqual(bytes(0, 0, 0, 0));
    await closed;
    if (answers !== 'at-once') {
      expect(await read).toBe(0);
      expect(buffer).toEqual(bytes(0, 0, 0, 0));
    }
  });

  it('answers a read that is made after close(), even where one before it was just given up', async () => {
    const { near } = open();
    const before = near.read(new Uint8Array(1));
    await near.close();
    const after = near.read(new Uint8Array(1));
    expect([await before, await after]).toEqual([0, 0]);
  });

  it('may reject a pending read when closed, which is allowed too', async () => {
    const { near } = open({ readsAfterClose: 'reject' });
    const read = near.read(new Uint8Array(4));
    expect(await isPending(read)).toBe(true);
    await near.close();
    await expect(read).rejects.toMatchObject({ code: 'closed' });
    await expect(attempt(() => near.read(new Uint8Array(1)))).rejects.toMatchObject({ code: 'closed' });
  });

  it('may be closed twice, and then answers no more', async () => {
    const { near, peer } = open();
    await near.close();
    await near.close();
    await peer.close();
    expect(near.isClosed).toBe(true);
    expect(await near.read(new Uint8Array(1))).toBe(0);
    await expect(attempt(() => near.write(bytes(1)))).rejects.toMatchObject({ code: 'closed' });
    await expect(attempt(() => near.flush())).rejects.toMatchObject({ code: 'closed' });
  });

  it('rejects writes and flushes once the peer has closed', async () => {
    const { near, peer } = open({ capacityBytes: 1 });
    await sendAll(near, bytes(1));
    const write = near.write(bytes(2));
    expect(await isPending(write)).toBe(true);
    await peer.close();
    await expect(write).rejects.toMatchObject({ code: 'reset' });
    await expect(attempt(() => near.write(bytes(3)))).rejects.toMatchObject({ code: 'reset' });
    await expect(attempt(() => near.flush())).rejects.toMatchObject({ code: 'reset' });
  });

  it('neither detaches nor keeps a buffer', async () => {
    const { near, peer } = open();
    const message = counting(10);
    const target = new Uint8Array(20);
    await near.write(message.subarray(2, 5));
    await peer.read(target.subarray(4, 9));
    expect([message.buffer.byteLength, target.buffer.byteLength]).toEqual([10, 20]);
    expect(target.subarray(3, 8)).toEqual(bytes(0, 2, 3, 4, 0));
  });

  it('refuses a second read or write while one is outstanding, and an empty buffer', async () => {
    const { near } = open({ capacityBytes: 1 });
    await sendAll(near, bytes(1));
    const [read, write] = [near.read(new Uint8Array(1)), near.write(bytes(2))];
    expect(() => near.read(new Uint8Array(1))).toThrow(`${side}.read(): the one before has not been answered yet`);
    expect(() => near.write(bytes(3))).toThrow(`${side}.write(): the one before has not been answered yet`);
    const settled = Promise.allSettled([read, write]);
    await near.close();
    await settled;
    const { near: other } = open();
    expect(() => other.read(new Uint8Array(0))).toThrow('the buffer is empty');
    expect(() => other.write(new Uint8Array(0))).toThrow('the buffer is empty');
  });
});

describe('answers that are promised', () => {
  it('settle in the next turn of the clock where asked, and move the bytes only then', async () => {
    const time = new VirtualTime({ turns: 'held' });
    const { client, server, toServer } = memoryLink({ answers: 'turn', clock: time.clock('link') });
    const message = bytes(1, 2, 3);
    const write = client.write(message);
    expect(await isPending(write)).toBe(true);
    expect(toServer.writtenBytes).toBe(0);
    message[0] = 0xee; // too early: a link that copied at once would hide this mistake of the caller's
    await time.turn();
    expect(await write).toBe(3);

    const buffer = new Uint8Array(3);
    const read = server.read(buffer);
    expect(await isPending(read)).toBe(true);
    expect(buffer).toEqual(bytes(0, 0, 0));
    await time.turn();
    expect(await read).toBe(3);
    expect(buffer).toEqual(bytes(0xee, 2, 3));
  });

  it('come no earlier where the data does: the buffer is filled in that turn', async () => {
    const time = new VirtualTime({ turns: 'held' });
    const { client, server } = memoryLink({ server: { answers: 'turn' }, clock: time.clock('link') });
    const buffer = new Uint8Array(1);
    const read = server.read(buffer);
    expect(client.write(bytes(7))).toBe(1);
    expect(await isPending(read)).toBe(true);
    expect(buffer).toEqual(bytes(0));
    await time.turn();
    expect(await read).toBe(1);
    expect(buffer).toEqual(bytes(7));
  });

  it('can be chosen for each operation', async () => {
    const { client } = memoryLink({ answers: (operation) => (operation === 'write' ? 'microtask' : 'at-once') });
    const write = client.write(bytes(1));
    expect(write).toBeInstanceOf(Promise);
    expect(await write).toBe(1);
    expect(client.flush()).toBe(undefined);
  });

  it('can be chosen for each end and changed while running', () => {
    const { client, server } = memoryLink({ server: { answers: 'microtask' } });
    expect(client.write(bytes(1))).toBe(1);
    expect(server.write(bytes(1))).toBeInstanceOf(Promise);
    client.answers = 'microtask';
    expect(client.write(bytes(1))).toBeInstanceOf(Promise);
  });

  it('in turns need a clock', () => {
    expect(() => memoryLink({ answers: 'turn' }).client.write(bytes(1))).toThrow('need a link with a clock');
  });
});

/** A throw counts as a rejection. */
async function attempt<T>(call: () => T | Promise<T>): Promise<T> {
  return call();
}

// Both ends are what a session takes.
const { client, server } = memoryLink();
[client, server] satisfies Io[];
