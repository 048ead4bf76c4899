import { connectTcp, fromDuplex } from '@minimq/transport-node';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  duplexPair,
  fill,
  HOST,
  isSettled,
  links,
  listen,
  nextTurn,
  openDuplexOfPair,
  openDuplexOfSocket,
  openTcp,
  pattern,
  peerReadsAll,
  peerResets,
  peerWrites,
  portOf,
  rejection,
  untilStill,
  wrongBytes,
} from './support.ts';

describe.each(links)('close, $name', ({ open }) => {
  it('ends a pending read, whose buffer is then left alone', async () => {
    const { io, peer } = await open();
    const buffer = new Uint8Array(4);
    const read = io.read(buffer);
    const closed = io.close();
    peer.on('error', () => {});
    peer.write('late');
    expect(await read).toBe(0);
    peer.end();
    await closed;
    expect(buffer).toEqual(new Uint8Array(4));
  });

  it('rejects a pending write, whose bytes are then left alone', async () => {
    const { io, peer } = await open();
    const { waiting, written, bytes: lent } = fill(io);
    const failed = rejection(waiting);
    const closed = io.close();
    lent.fill(0xee);

    let received = 0;
    let wrongCount = 0;
    peer.on('data', (chunk: Buffer) => {
      wrongCount += wrongBytes(chunk, received);
      received += chunk.length;
    });
    peer.resume();
    expect(await failed).toMatchObject({ code: 'transport-failed' });
    await closed;
    await untilStill(() => received);
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThanOrEqual(written);
    expect(wrongCount).toBe(0);
  });

  it('sends what was written, then the end', async () => {
    const { io, peer } = await open();
    expect(io.write(bytes('good'))).toBe(4);
    expect(io.write(bytes('bye'))).toBe(3);
    const closed = io.close();
    expect((await peerReadsAll(peer)).toString()).toBe('goodbye');
    peer.end();
    await closed;
  });

  it('settles for a peer that neither reads nor ends, and twice is fine', async () => {
    const { io } = await open();
    await io.write(bytes('bye'));
    const first = Promise.resolve(io.close());
    const second = io.close();
    await first;
    await second;
    await io.close();
  });

  it('rejects what is asked of it afterwards', async () => {
    const { io, peer } = await open();
    const closed = io.close();
    peer.resume();
    peer.end('late');
    const error = await rejection(io.read(new Uint8Array(1)));
    expect(error).toMatchObject({ code: 'transport-failed' });
    expect(await rejection(io.write(bytes('x')))).toBe(error);
    expect(await rejection(io.flush())).toBe(error);
    await closed;
    expect(await rejection(io.read(new Uint8Array(1)))).toBe(error);
  });

  it('drops what had been read ahead', async () => {
    const { io, peer } = await open();
    const first = io.read(new Uint8Array(1));
    await peerWrites(peer, 'abc');
    expect(await first).toBe(1);
    const closed = io.close();
    expect(await rejection(io.read(new Uint8Array(1)))).toMatchObject({ code: 'transport-failed' });
    await closed;
  });

  it('settles after the peer has ended, without waiting for its bound', async () => {
    const { io, peer } = await open();
    peer.end();
    expect(await io.read(new Uint8Array(1))).toBe(0);
    peer.resume();
    await io.close();
  });
});

describe.each([
  { name: 'connectTcp', open: openTcp },
  { name: 'fromDuplex over a socket', open: openDuplexOfSocket },
])('close, $name', ({ open }) => {
  it('does not reset a connection with unread bytes in it, so that the last bytes arrive', async () => {
    const { io, peer } = await open({ closeTimeoutMs: 60_000 });
    const first = io.read(new Uint8Array(1));
    for (let i = 0; i < 16; i++) peer.write(pattern(0, 1_048_576));
    expect(await first).toBe(1);
    let reset: unknown;
    peer.on('error', (error) => (reset = error));
    await io.write(bytes('bye'));
    const closed = io.close();
    expect((await peerReadsAll(peer)).toString()).toBe('bye');
    peer.end();
    await closed;
    expect(reset).toBeUndefined();
  });

  it('settles after a reset', async () => {
    const { io, peer } = await open({ closeTimeoutMs: 60_000 });
    const read = io.read(new Uint8Array(1));
    await peerResets(peer);
    await rejection(read);
    await nextTurn();
    await io.close();
  });
});

describe('close, of a socket', () => {
  it('waits no longer than closeTimeoutMs, and for 0 not at all', async () => {
    const patient = await openTcp({ closeTimeoutMs: 60_000 });
    const closing = Promise.resolve(patient.io.close());
    expect(await isSettled(closing)).toBe(false);
    patient.peer.end();
    patient.peer.resume();
    await closing;

    const hasty = await openTcp({ closeTimeoutMs: 0 });
    expect(await isSettled(Promise.resolve(hasty.io.close()))).toBe(true);
  });

  it('leaves nothing that keeps the process alive', async () => {
    const server = await listen();
    await untilStill(() => process.getActiveResourcesInfo().length); // Earlier tests' handles go a little later.
    const before = process.getActiveResourcesInfo().sort();
    const ios = [];
    for (let i = 0; i < 3; i++) {
      const accepted = once(server, 'connection');
      ios.push(await connectTcp({ host: HOST, port: portOf(server), closeTimeoutMs: 60_000 }));
      const [peer] = await accepted;
      peer.resume().on('end', () => peer.end());
    }
    expect(process.getActiveResourcesInfo().length).toBeGreaterThan(before.length);
    for (const io of ios) {
      const read = io.read(new Uint8Array(1));
      await io.close();
      expect(await read).toBe(0);
    }
    await untilStill(() => process.getActiveResourcesInfo().length);
    expect(process.getActiveResourcesInfo().sort()).toEqual(before);
  });
});

describe('close, of a Duplex', () => {
  it('settles for one that never tells when it is closed', async () => {
    const stream = new PassThrough({ emitClose: false });
    const io = fromDuplex(stream, { closeTimeoutMs: 1 });
    await io.close();
    expect(stream.destroyed).toBe(true);
  });

  it('leaves no error of the stream without a listener', async () => {
    const { io, stream } = openDuplexOfPair();
    await io.close();
    expect(() => stream.emit('error', new Error('after the end'))).not.toThrow();
  });

  it('is what fromDuplex knows of a stream that was over before', async () => {
    const [ended, other] = duplexPair();
    other.end();
    ended.resume();
    await once(ended, 'end');
    expect(fromDuplex(ended).read(new Uint8Array(1))).toBe(0);

    const broken = new PassThrough();
    const error = new Error('broken before');
    broken.on('error', () => {});
    broken.destroy(error);
    await new Promise((resolve) => broken.on('close', resolve));
    const io = fromDuplex(broken);
    expect(await rejection(io.read(new Uint8Array(1)))).toBe(error);
    expect(await rejection(io.write(bytes('x')))).toBeInstanceOf(Error);
    await io.close();
  });

  it('refuses a stream of objects or of strings', () => {
    const refused = expect.objectContaining({ code: 'invalid-argument' });
    expect(() => fromDuplex(new PassThrough({ objectMode: true }))).toThrow(refused);
    expect(() => fromDuplex(new PassThrough().setEncoding('utf8'))).toThrow(refused);
    expect(() => fromDuplex(new PassThrough(), { closeTimeoutMs: -1 })).toThrow(refused);
  });
});
