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
  wrongBytes,
} from './support.ts';

describe.each(faces)('faults, $name', (face) => {
  it('ends the connection for a text frame, after what came before it [MQTT-6.0.0-1]', async () => {
    const { io, peer } = await open(face);
    const closed = once(peer, 'close');
    peer.send(bytes('abc'));
    peer.send('text');
    peer.send(bytes('def'));
    expect(await readBytes(io, 3)).toEqual(bytes('abc'));
    const error = await rejection(io.read(new Uint8Array(1)));
    expect(error).toMatchObject({
      name: 'TransportError',
      code: 'transport-failed',
      message: 'The server sent a text frame [MQTT-6.0.0-1]',
    });
    expect(await rejection(io.write(bytes('x')))).toBe(error);
    const [code] = await closed;
    if (face === nodeFace) expect(code).toBe(1003);
  });

  it.each([
    [1001, 'going away'],
    [1002, 'protocol error'],
    [1003, 'data not supported'],
    [1007, 'invalid data'],
    [1008, 'policy violation'],
    [1009, 'message too big'],
    [1011, 'internal error'],
    [1012, 'restarting'],
    [1013, 'try again later'],
  ])('explains close code %i', async (code, meaning) => {
    const { io, peer } = await open(face);
    const failed = rejection(io.read(new Uint8Array(1)));
    peer.close(code, 'so "there"');
    expect(await failed).toMatchObject({
      name: 'TransportError',
      code: 'transport-failed',
      message: `The WebSocket was closed: ${code} ${meaning}, "so \\"there\\""`,
    });
  });

  it('knows no name for a code of an application, and gives it as it is', async () => {
    const { io, peer } = await open(face);
    const failed = rejection(io.read(new Uint8Array(1)));
    peer.close(4321);
    expect(await failed).toMatchObject({ message: 'The WebSocket was closed: 4321' });
  });

  it.each([1000, undefined])('reads the end of the stream where the server closes with %s', async (code) => {
    const { io, peer } = await open(face);
    peer.send(bytes('last'));
    peer.close(code);
    expect(await readBytes(io, 10)).toEqual(bytes('last'));
    expect(await io.read(new Uint8Array(1))).toBe(0);
    expect(await io.read(new Uint8Array(1))).toBe(0);
    expect(await rejection(io.write(bytes('x')))).toMatchObject({
      code: 'transport-failed',
      message: expect.stringContaining('The WebSocket was closed: 100'),
    });
    expect(await rejection(io.flush())).toMatchObject({ code: 'transport-failed' });
  });

  it.each([
    ['ends without a closing handshake', 'end'],
    ['is reset', 'reset'],
  ] as const)('rejects the pending read where the connection %s', async (_what, how) => {
    const { io, socket } = await open(face);
    const failed = rejection(io.read(new Uint8Array(1)));
    if (how === 'end') socket.end();
    else socket.resetAndDestroy();
    const error = await failed;
    expect(error).toMatchObject({
      code: 'transport-failed',
      message: 'The WebSocket was closed: 1006 no closing handshake',
    });
    if (face === nodeFace && how === 'reset') expect(error).toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(await rejection(io.write(bytes('x')))).toMatchObject({ code: 'transport-failed' });
  });

  it('rejects the pending write where the connection is reset', async () => {
    const { io, peer, socket } = await open(face);
    peer.pause();
    const read = rejection(io.read(new Uint8Array(1)));
    const { waiting } = await stuckWrite(io);
    const failed = rejection(waiting);
    const flushFailed = rejection(io.flush());
    socket.resetAndDestroy();
    expect(await failed).toMatchObject({ code: 'transport-failed' });
    expect(await flushFailed).toMatchObject({ code: 'transport-failed' });
    expect(await read).toMatchObject({ code: 'transport-failed' });
  });
});

describe(nodeFace.name, () => {
  it('takes a message of 64 kB in fragments of one byte', async () => {
    const { io, peer } = await open(nodeFace);
    const content = pattern(0, 65_536);
    content.forEach((byte, i) => peer.send(Uint8Array.of(byte), { fin: i === content.length - 1 }));
    const got = await readBytes(io, 65_536);
    expect(got.length).toBe(65_536);
    expect(wrongBytes(got)).toBe(0);
  });

  it.each<[string, string, string]>([
    [
      'announces 256 MB',
      '827f0000000010000000',
      'The server sent a message of more than inboundBytesMax (4194304) bytes',
    ],
    ['announces 2^63 bytes', '827f8000000000000000', 'The server broke the WebSocket protocol: '],
    [
      'is masked',
      '8281000000ff61',
      'The server broke the WebSocket protocol: Invalid WebSocket frame: MASK must be clear',
    ],
    [
      'is compressed, which nobody agreed on',
      'c20161',
      'The server broke the WebSocket protocol: Invalid WebSocket frame: RSV1 must be clear',
    ],
    [
      'has no known opcode',
      '8301',
      'The server broke the WebSocket protocol: Invalid WebSocket frame: invalid opcode 3',
    ],
    [
      'continues nothing',
      '800161',
      'The server broke the WebSocket protocol: Invalid WebSocket frame: invalid opcode 0',
    ],
    [
      'closes with a code that is none',
      '880203e7',
      'The server broke the WebSocket protocol: Invalid WebSocket frame: invalid status code 999',
    ],
  ])('ends the connection for a frame that %s', async (_what, hex, message) => {
    const { io, socket } = await open(nodeFace);
    const failed = rejection(io.read(new Uint8Array(1)));
    const gone = once(socket, 'close');
    socket.write(Buffer.from(hex, 'hex'));
    expect(await failed).toMatchObject({
      name: 'TransportError',
      code: 'transport-failed',
      message: expect.stringContaining(message),
    });
    await gone; // In its own time, and without anybody's close().
  });

  it('ends the connection for fragments that never end, at the longest message', async () => {
    const { io, peer } = await open(nodeFace, { inboundBytesMax: 10_000 });
    const failed = rejection(io.read(new Uint8Array(1)));
    for (let i = 0; i < 11; i++) peer.send(new Uint8Array(1_000), { fin: false });
    expect(await failed).toMatchObject({
      message: 'The server sent a message of more than inboundBytesMax (10000) bytes',
    });
  });

  it('answers pings, the last one of many', async () => {
    const { io, peer } = await open(nodeFace);
    const read = io.read(new Uint8Array(1));
    const pongs: string[] = [];
    const last = new Promise<void>((resolve) => {
      peer.on('pong', (data) => {
        pongs.push(data.toString());
        if (data.toString() === '999') resolve();
      });
    });
    for (let i = 0; i < 1_000; i++) peer.ping(String(i));
    await last;
    expect(pongs[0]).toBe('0');
    peer.send(bytes('x'));
    expect(await read).toBe(1);
  });

  it('queues no answers for a server that pings and does not read', async () => {
    const { io, peer, socket } = await open(nodeFace);
    const read = io.read(new Uint8Array(1));
    peer.pause();
    const { waiting } = await stuckWrite(io);
    for (let i = 0; i < 5_000; i++) peer.ping('p'.repeat(125));
    await untilStill(() => socket.bytesWritten - socket.writableLength);
    const pongs: unknown[] = [];
    peer.on('pong', (data) => pongs.push(data));
    peer.resume();
    await waiting;
    await io.flush();
    await untilStill(() => pongs.length);
    expect(pongs.length).toBeLessThanOrEqual(2);
    await io.close();
    expect(await read).toBe(0);
  });

  it('takes a flood of pings without a message for what it is', async () => {
    const { io, peer } = await open(nodeFace, { inboundBytesMax: 100_000 });
    const failed = rejection(io.read(new Uint8Array(1)));
    for (let i = 0; i < 800; i++) peer.ping('p'.repeat(125)); // 127 bytes each
    expect(await failed).toMatchObject({
      code: 'transport-failed',
      message: 'The server sent 100076 bytes of pings and no message: a flood',
    });
  });

  it('counts pings from each message on', async () => {
    const { io, peer } = await open(nodeFace, { inboundBytesMax: 1_000 });
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 7; i++) peer.ping('p'.repeat(125));
      peer.send(bytes('x'));
    }
    expect(await readBytes(io, 10, 1)).toEqual(bytes('xxxxxxxxxx'));
  });
});

describe('close', () => {
  it.each(faces)('says goodbye with code 1000 or none, after what was written, $name', async (face) => {
    const { io, peer } = await open(face);
    const content = pattern(0, 60_000);
    const reading = peerReads(peer, 60_000);
    const closed = once(peer, 'close');
    await io.write(content);
    await io.close();
    await io.close();
    expect(wrongBytes(await reading)).toBe(0);
    const [code] = await closed;
    expect(code).toBe(face === nodeFace ? 1000 : 1005);
  });

  it.each(faces)('answers a pending read with 0 and touches no buffer from then on, $name', async (face) => {
    const { io, peer } = await open(face);
    const buffer = new Uint8Array(4);
    const read = io.read(buffer);
    const closed = io.close();
    peer.send(bytes('late'));
    expect(await read).toBe(0);
    await closed;
    expect(buffer).toEqual(new Uint8Array(4));
    expect(await rejection(io.read(buffer))).toMatchObject({ message: 'The stream has been closed' });
    expect(await rejection(io.write(buffer))).toMatchObject({ message: 'The stream has been closed' });
    expect(await rejection(io.flush())).toMatchObject({ message: 'The stream has been closed' });
  });

  it.each([...faces.map((face) => ({ face, ms: 20 })), { face: nodeFace, ms: 0 }])(
    'ends after closeTimeoutMs ($ms) where the server does not answer, $face.name',
    async ({ face, ms }) => {
      const { io, peer, socket } = await open(face, { closeTimeoutMs: ms });
      peer.pause();
      await io.close();
      if (face !== nodeFace) return; // A platform drops the connection when it likes.
      const gone = once(socket, 'close');
      peer.resume();
      await gone;
    },
  );

  it.each([socketFace, streamFace])('rejects a write that waits, $name', async (face) => {
    const { io, peer } = await open(face, { closeTimeoutMs: 20 });
    peer.pause();
    const { waiting } = await stuckWrite(io);
    const failed = rejection(waiting);
    await io.close();
    expect(await failed).toMatchObject({ message: 'The stream has been closed' });
  });

  it('ends reads and writes where the server says that it closes, and leaves TCP open, ws', async () => {
    const { io, peer, socket } = await open(nodeFace, { closeTimeoutMs: 20 });
    peer.pause();
    const reading = rejection(Promise.resolve(io.read(new Uint8Array(1))));
    socket.write(Buffer.from('880203e9', 'hex'));
    expect(await reading).toMatchObject({
      code: 'transport-failed',
      message: expect.stringContaining('1001') as string,
    });
    expect(await rejection(Promise.resolve(io.write(bytes('x'))))).toMatchObject({ code: 'transport-failed' });
  });

  it('ends where the server ends its stream and reads no more', async () => {
    const { io, peer, socket } = await open(nodeFace, { closeTimeoutMs: 20 });
    const failed = rejection(io.read(new Uint8Array(1)));
    peer.pause();
    const { waiting } = await stuckWrite(io);
    const writeFailed = rejection(waiting);
    socket.end();
    expect(await failed).toMatchObject({ code: 'transport-failed' });
    expect(await writeFailed).toMatchObject({ code: 'transport-failed' });
  });
});
