import { describe, expect, it } from 'vitest';
import {
  bytes,
  isSettled,
  links,
  openDuplexOfSocket,
  openTcp,
  pattern,
  peerResets,
  peerWrites,
  readBytes,
  rejection,
  untilStill,
} from './support.ts';

describe.each(links)('read, $name', ({ open }) => {
  it('stays pending while there is no data, and resolves with what comes', async () => {
    const { io, peer } = await open();
    const buffer = new Uint8Array(5);
    const read = Promise.resolve(io.read(buffer));
    expect(await isSettled(read)).toBe(false);
    peer.write('hello');
    expect(await read).toBe(5);
    expect(buffer).toEqual(bytes('hello'));
  });

  it('answers with a number where data is already there', async () => {
    const { io, peer } = await open();
    const one = new Uint8Array(1);
    const first = io.read(one);
    await peerWrites(peer, 'ab');
    expect(await first).toBe(1);
    expect(io.read(one)).toBe(1);
    expect(one).toEqual(bytes('b'));
  });

  it('fills a buffer of one byte again and again, in order', async () => {
    const { io, peer } = await open();
    peer.write(pattern(0, 1_000));
    expect(await readBytes(io, 1_000, 1)).toEqual(pattern(0, 1_000));
  });

  it('leaves the buffer behind the bytes it reports as it was', async () => {
    const { io, peer } = await open();
    const buffer = new Uint8Array(10).fill(0xaa);
    const read = io.read(buffer);
    peer.write('abc');
    expect(await read).toBe(3);
    expect(buffer).toEqual(new Uint8Array([0x61, 0x62, 0x63, ...Array.from({ length: 7 }, () => 0xaa)]));
  });

  it('writes only inside the view it was given', async () => {
    const { io, peer } = await open();
    const whole = new Uint8Array(9).fill(0xaa);
    const read = io.read(whole.subarray(3, 6));
    peer.write('abcdef');
    expect(await read).toBe(3);
    expect(whole).toEqual(new Uint8Array([0xaa, 0xaa, 0xaa, 0x61, 0x62, 0x63, 0xaa, 0xaa, 0xaa]));
  });

  it('delivers megabytes in order, into a buffer of changing length', async () => {
    const { io, peer } = await open();
    const length = 2_000_003;
    peer.write(pattern(0, length));
    const got = new Uint8Array(length);
    for (let filled = 0, round = 0; filled < length; round++) {
      filled += await io.read(got.subarray(filled, Math.min(length, filled + 1 + ((round * 7_919) % 100_000))));
    }
    expect(Buffer.compare(got, pattern(0, length))).toBe(0);
  });

  it('says 0 at the end of the stream, after all that came before it, and every time from then on', async () => {
    const { io, peer } = await open();
    peer.end('last');
    expect(await readBytes(io, 100, 3)).toEqual(bytes('last'));
    for (let i = 0; i < 3; i++) expect(await io.read(new Uint8Array(1))).toBe(0);
    expect(io.read(new Uint8Array(1))).toBe(0);
  });

  it('ends a pending read with 0 when the peer ends its stream', async () => {
    const { io, peer } = await open();
    const read = Promise.resolve(io.read(new Uint8Array(1)));
    expect(await isSettled(read)).toBe(false);
    peer.end();
    expect(await read).toBe(0);
  });

  it('does not end our side with the end of the peer', async () => {
    const { io, peer } = await open();
    peer.end();
    expect(await io.read(new Uint8Array(1))).toBe(0);
    await io.write(bytes('still here'));
    await io.close();
    const got: Buffer[] = [];
    for await (const chunk of peer) got.push(chunk as Buffer);
    expect(Buffer.concat(got).toString()).toBe('still here');
  });

  it('refuses a buffer without room, and a second read while one is pending', async () => {
    const { io, peer } = await open();
    expect(() => io.read(new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    const read = io.read(new Uint8Array(1));
    expect(() => io.read(new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    peer.write('a');
    expect(await read).toBe(1);
  });

  it('holds the peer back while nobody reads, then delivers everything', async () => {
    const { io, peer } = await open();
    const chunk = pattern(0, 65_536);
    const chunkCount = 1_024; // 64 MiB: many times what two sockets and their buffers can hold.
    let sentCount = 0;
    const send = (): void => {
      peer.write(chunk, (error) => {
        if (error) return;
        sentCount += 1;
        if (sentCount < chunkCount) send();
      });
    };
    const buffer = new Uint8Array(65_536);
    const first = io.read(buffer.subarray(0, 1));
    const before = process.memoryUsage().arrayBuffers;
    send();
    expect(await first).toBe(1);

    const stalledAt = await untilStill(() => sentCount);
    expect(stalledAt).toBeLessThan(chunkCount / 2);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1_048_576);

    let received = 1;
    let wrongCount = 0;
    while (received < chunkCount * chunk.length) {
      const answer = io.read(buffer);
      const count = typeof answer === 'number' ? answer : await answer;
      // The first and the last byte of each read place all of it.
      if (buffer[0] !== chunk[received % chunk.length]) wrongCount += 1;
      received += count;
      if (buffer[count - 1] !== chunk[(received - 1) % chunk.length]) wrongCount += 1;
    }
    expect(wrongCount).toBe(0);
    expect(await untilStill(() => sentCount)).toBe(chunkCount);
  });
});

describe.each([
  { name: 'connectTcp', open: openTcp },
  { name: 'fromDuplex over a socket', open: openDuplexOfSocket },
])("a peer's reset, $name", ({ open }) => {
  it("rejects the pending read with Node's own error, and every later call with the same one", async () => {
    const { io, peer } = await open();
    const read = io.read(new Uint8Array(1));
    await peerResets(peer);
    const error = await rejection(read);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(await rejection(io.read(new Uint8Array(1)))).toBe(error);
    expect(await rejection(io.write(bytes('x')))).toBe(error);
    expect(await rejection(io.flush())).toBe(error);
  });

  it('leaves what had been read ahead to be read first', async () => {
    const { io, peer } = await open();
    const one = new Uint8Array(1);
    const first = io.read(one);
    await peerWrites(peer, 'abc');
    expect(await first).toBe(1);
    await peerResets(peer);
    expect(await rejection(writeUntilItFails(io))).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    expect(await readBytes(io, 2)).toEqual(bytes('bc'));
    expect(await rejection(io.read(one))).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
  });
});

async function writeUntilItFails(io: {
  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number>;
}): Promise<void> {
  for (let i = 0; i < 3; i++) await io.write(bytes('x'));
}
