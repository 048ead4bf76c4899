import { describe, expect, it } from 'vitest';
import {
  bytes,
  fill,
  FILL_BYTES,
  isSettled,
  links,
  openDuplexOfPair,
  openDuplexOfSocket,
  openTcp,
  pattern,
  peerReads,
  peerReadsAll,
  peerResets,
  rejection,
  wrongBytes,
} from './support.ts';

describe.each(links)('write, $name', ({ open }) => {
  it('answers with a number where the bytes went out at once, and they may be overwritten', async () => {
    const { io, peer } = await open();
    const content = bytes('hello');
    expect(io.write(content)).toBe(5);
    content.fill(0);
    expect((await peerReads(peer, 5)).toString()).toBe('hello');
  });

  it('waits while the peer does not read', async () => {
    const { io, peer } = await open();
    const { waiting } = fill(io);
    expect(await isSettled(waiting)).toBe(false);
    peer.resume();
    expect(await waiting).toBe(FILL_BYTES);
  });

  it('has used the bytes of every write once that is answered, however the peer reads', async () => {
    const { io, peer } = await open();
    const first = fill(io);
    const reading = peerReadsAll(peer);
    expect(await first.waiting).toBe(FILL_BYTES);
    const buffer = new Uint8Array(FILL_BYTES);
    let { written } = first;
    for (let i = 0; i < 100; i++) {
      if (i % 10 === 0) peer.pause();
      buffer.set(pattern(written, FILL_BYTES));
      const answer = io.write(buffer);
      if (typeof answer !== 'number') {
        peer.resume();
        await answer;
      }
      buffer.fill(0xee);
      written += FILL_BYTES;
    }
    peer.resume();
    await io.flush();
    const closed = io.close();
    const got = await reading;
    peer.end();
    await closed;
    expect(got.length).toBe(written);
    expect(wrongBytes(got)).toBe(0);
  });

  it('takes a megabyte', async () => {
    const { io, peer } = await open();
    const content = pattern(0, 1_048_576);
    const reading = peerReadsAll(peer);
    expect(await io.write(content)).toBe(content.length);
    content.fill(0xee);
    void io.close();
    const got = await reading;
    expect(got.length).toBe(1_048_576);
    expect(wrongBytes(got)).toBe(0);
  });

  it('writes only the view it was given', async () => {
    const { io, peer } = await open();
    expect(io.write(bytes('abcdef').subarray(2, 4))).toBe(2);
    expect(io.write(bytes('!'))).toBe(1);
    expect((await peerReads(peer, 3)).toString()).toBe('cd!');
  });

  it('goes on while a read is pending', async () => {
    const { io, peer } = await open();
    const buffer = new Uint8Array(4);
    const read = io.read(buffer);
    expect(io.write(bytes('ping'))).toBe(4);
    expect((await peerReads(peer, 4)).toString()).toBe('ping');
    peer.write('pong');
    expect(await read).toBeGreaterThan(0);
    expect(buffer[0]).toBe(0x70);
  });

  it('refuses no bytes at all, and a second write while one is pending', async () => {
    const { io, peer } = await open();
    expect(() => io.write(new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    const { waiting } = fill(io);
    expect(() => io.write(bytes('x'))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    peer.resume();
    await waiting;
  });
});

describe.each(links)('flush, $name', ({ open }) => {
  it('returns at once where every write was answered with a number', async () => {
    const { io } = await open();
    expect(io.flush()).toBeUndefined();
    expect(io.write(bytes('x'))).toBe(1);
    expect(io.flush()).toBeUndefined();
  });

  it('waits for the pending write', async () => {
    const { io, peer } = await open();
    const { waiting } = fill(io);
    const flushed = Promise.resolve(io.flush());
    expect(await isSettled(flushed)).toBe(false);
    peer.resume();
    expect(await flushed).toBeUndefined();
    expect(await isSettled(waiting)).toBe(true);
    expect(io.flush()).toBeUndefined();
  });
});

describe.each([
  { name: 'connectTcp', open: openTcp },
  { name: 'fromDuplex over a socket', open: openDuplexOfSocket },
])("a peer's reset, $name", ({ open }) => {
  it('rejects the pending write', async () => {
    const { io, peer } = await open();
    const { waiting } = fill(io);
    const flushed = io.flush();
    const failed = rejection(waiting);
    const flushFailed = rejection(flushed);
    await peerResets(peer);
    expect(await failed).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    expect(await flushFailed).toBe(await failed);
  });

  it('is reported by the next write where nobody reads', async () => {
    const { io, peer } = await open();
    const first = io.read(new Uint8Array(1));
    peer.write('ab');
    await first; // The other byte is there, so the socket stands still and does not see the reset.
    await peerResets(peer);
    expect(await rejection(io.write(bytes('x')))).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
  });
});

describe('fromDuplex', () => {
  it('gives a stream that keeps what it is given a copy', async () => {
    const { io, peer } = openDuplexOfPair();
    const content = bytes('kept by the pair');
    expect(await io.write(content)).toBe(content.length);
    content.fill(0);
    expect((await peerReads(peer, content.length)).toString()).toBe('kept by the pair');
  });

  it('does not take a write for done that was cut off with the socket', async () => {
    const { io, stream } = await openDuplexOfSocket();
    const { waiting } = fill(io);
    stream.destroy();
    // From Node 22 on the socket tells why itself.
    expect(await rejection(waiting)).toMatchObject({ code: expect.stringMatching(/transport-failed|ECANCELED/) });
  });

  it('does not answer for a stream that somebody else has destroyed', async () => {
    const { io, stream } = openDuplexOfPair();
    stream.destroy();
    expect(await rejection(io.write(bytes('x')))).toBeInstanceOf(Error);
    expect(await rejection(io.read(new Uint8Array(1)))).toBeInstanceOf(Error);
  });
});
