import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  faces,
  nodeFace,
  open,
  pattern,
  peerReads,
  readBytes,
  rejection,
  socketFace,
  streamFace,
  stuckWrite,
  untilStill,
  writeAll,
  wrongBytes,
} from './support.ts';

describe.each(faces)('read, $name', (face) => {
  it('puts a frame into the buffer of the pending read', async () => {
    const { io, peer } = await open(face);
    const buffer = new Uint8Array(8);
    const read = io.read(buffer);
    peer.send(bytes('abc'));
    expect(await read).toBe(3);
    expect([...buffer]).toEqual([0x61, 0x62, 0x63, 0, 0, 0, 0, 0]);
  });

  it('keeps what does not fit for the next reads', async () => {
    const { io, peer } = await open(face);
    peer.send(bytes('abcdef'));
    const buffer = new Uint8Array(4);
    expect(await io.read(buffer)).toBe(4);
    expect(await io.read(buffer)).toBe(2);
    expect(buffer).toEqual(bytes('efcd'));
  });

  it('skips a frame without bytes', async () => {
    const { io, peer } = await open(face);
    const buffer = new Uint8Array(4);
    const read = io.read(buffer);
    peer.send(new Uint8Array(0));
    peer.send(bytes('x'));
    expect(await read).toBe(1);
  });

  it('takes 64 kB in frames of one byte', async () => {
    const { io, peer } = await open(face);
    const content = pattern(0, 65_536);
    for (const byte of content) peer.send(Uint8Array.of(byte));
    const got = await readBytes(io, 65_536, 1_000);
    expect(got.length).toBe(65_536);
    expect(wrongBytes(got)).toBe(0);
  });

  it('takes 1,000 packets in one frame', async () => {
    const { io, peer } = await open(face);
    // PUBLISH, QoS 0, topic "t", no properties, payload of one byte
    const packets = Buffer.concat(
      Array.from({ length: 1_000 }, (_, i) => Buffer.of(0x30, 0x05, 0x00, 0x01, 0x74, 0x00, i & 0xff)),
    );
    peer.send(packets);
    expect(Buffer.from(await readBytes(io, 7_000, 512))).toEqual(packets);
  });

  it('refuses a read without room, and a second one while one is pending', async () => {
    const { io } = await open(face);
    expect(() => io.read(new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    const pending = io.read(new Uint8Array(1));
    expect(() => io.read(new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    await io.close();
    expect(await pending).toBe(0);
  });
});

describe.each(faces)('write, $name', (face) => {
  it('sends the bytes of the view as a binary frame [MQTT-6.0.0-1], and leaves the buffer to the caller', async () => {
    const { io, peer } = await open(face);
    const message = once(peer, 'message') as Promise<[Buffer, boolean]>;
    const content = bytes('abcdef');
    expect(await io.write(content.subarray(2, 4))).toBe(2);
    content.fill(0);
    const [data, isBinary] = await message;
    expect(data.toString()).toBe('cd');
    expect(isBinary).toBe(true);
  });

  it('leaves the memory of a Node Buffer to the caller as well', async () => {
    const { io, peer } = await open(face);
    const message = once(peer, 'message') as Promise<[Buffer, boolean]>;
    const content = Buffer.alloc(6, 'abcdef');
    expect(await io.write(content.subarray(2, 4))).toBe(2);
    expect((await message)[0].toString()).toBe('cd');
    expect(content.toString()).toBe('abcdef');
  });

  it('carries megabytes in order, whatever the caller does with the bytes of a settled write', async () => {
    const { io, peer } = await open(face);
    const reading = peerReads(peer, 3_000_000);
    await writeAll(io, pattern(0, 3_000_000));
    await io.flush();
    const got = await reading;
    expect(got.length).toBe(3_000_000);
    expect(wrongBytes(got)).toBe(0);
  });

  it('waits, in bounded memory, while the server does not read, and goes on when it does', async () => {
    const { io, peer } = await open(face);
    peer.pause();
    const { waiting } = await stuckWrite(io);
    const flushed = Promise.resolve(io.flush());
    expect(() => io.write(bytes('x'))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    peer.resume();
    expect(await waiting).toBe(65_536);
    await flushed;
  });

  it('refuses no bytes at all', async () => {
    const { io } = await open(face);
    expect(() => io.write(new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});

describe.each([nodeFace, streamFace])('flow control, $name', (face) => {
  it('stops a server whose messages nobody reads, and loses none of them', async () => {
    const { io, peer, socket } = await open(face);
    expect(io.inboundFlowControl).toBeUndefined();
    let sent = 0;
    // Some of these megabytes have to stay with the server.
    for (; sent < 30_000_000; sent += 1_000) peer.send(pattern(sent, 1_000));
    await untilStill(() => socket.bytesWritten - socket.writableLength);
    expect(socket.writableLength).toBeGreaterThan(10_000_000);
    const got = await readBytes(io, sent, 65_536);
    expect(got.length).toBe(sent);
    expect(wrongBytes(got)).toBe(0);
  });
});

describe(socketFace.name, () => {
  it('says that it has no flow control, holds up to the cap, and fails clearly past it', async () => {
    const { io, peer } = await open(socketFace, { inboundBytesMax: 3_000 });
    expect(io.inboundFlowControl).toBe('none');
    const closed = once(peer, 'close');
    for (let i = 0; i < 4; i++) peer.send(pattern(i * 1_000, 1_000));
    await closed;
    const got = await readBytes(io, 3_000);
    expect(wrongBytes(got)).toBe(0);
    expect(await rejection(io.read(new Uint8Array(1)))).toMatchObject({
      name: 'TransportError',
      code: 'transport-failed',
      message: 'More than inboundBytesMax (3000) bytes have arrived unread',
    });
  });
});
