import { SPILL_BYTES_MAX } from '@minimq/transport-tls';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  fill,
  FILL_BYTES,
  isSettled,
  pattern,
  peerReadsAll,
  rejection,
  untilStill,
  wrongBytes,
} from '../../transport-node/test/support.ts';
import { Spill } from '../src/spill.ts';
import { TlsReader } from '../src/tls-reader.ts';
import { links, listenTls, meetTls } from './support.ts';

const CHUNK_BYTES = 65_536;
/** 32 MiB: many times what two sockets and their buffers can hold. */
const CHUNK_COUNT = 512;

/** Sends the pattern of one chunk again and again, each when the one before has left. */
function pour(peer: TLSSocket): () => number {
  const chunk = pattern(0, CHUNK_BYTES);
  let sentCount = 0;
  const send = (): void => {
    peer.write(chunk, (error) => {
      if (error) return;
      sentCount += 1;
      if (sentCount < CHUNK_COUNT) send();
    });
  };
  send();
  return () => sentCount;
}

describe.each(links)('backpressure, $name', ({ open }) => {
  it('stops the server while nobody reads, with bounded memory, and then delivers everything', async () => {
    const { io, peer } = await open();
    const buffer = new Uint8Array(CHUNK_BYTES);
    const first = io.read(buffer.subarray(0, 1));
    const before = process.memoryUsage().arrayBuffers;
    const sentCount = pour(peer);
    expect(await first).toBe(1);
    expect(await untilStill(sentCount)).toBeLessThan(CHUNK_COUNT / 2);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1_048_576);

    let received = 1;
    let wrongCount = 0;
    while (received < CHUNK_COUNT * CHUNK_BYTES) {
      const count = await io.read(buffer);
      // The first and the last byte of each read place all of it.
      if (buffer[0] !== pattern(received % CHUNK_BYTES, 1)[0]) wrongCount += 1;
      received += count;
      if (buffer[count - 1] !== pattern((received - 1) % CHUNK_BYTES, 1)[0]) wrongCount += 1;
    }
    expect(wrongCount).toBe(0);
    expect(await untilStill(sentCount)).toBe(CHUNK_COUNT);
  });

  it('waits while the server does not read, and has used the bytes of every write that it has answered', async () => {
    const { io, peer } = await open();
    let written = 0;
    const buffer = new Uint8Array(FILL_BYTES);
    let waiting: Promise<number>;
    for (;;) {
      buffer.set(pattern(written, FILL_BYTES));
      waiting = Promise.resolve(io.write(buffer));
      written += FILL_BYTES;
      if (!(await isSettled(waiting))) break;
      buffer.fill(0xee);
      expect(written).toBeLessThan(CHUNK_COUNT * CHUNK_BYTES);
    }
    const reading = peerReadsAll(peer);
    expect(await waiting).toBe(FILL_BYTES);
    buffer.fill(0xee);
    await io.flush();
    const closed = io.close();
    const got = await reading;
    peer.end();
    await closed;
    expect(got.length).toBe(written);
    expect(wrongBytes(got)).toBe(0);
  });

  it('rejects a pending write on close, at once', async () => {
    const { io } = await open();
    const { waiting } = fill(io);
    const failed = rejection(waiting);
    await io.close();
    expect(await failed).toMatchObject({ code: 'transport-failed' });
  });
});

describe('what comes after a TLS socket was told to stand still', () => {
  it('is at most SPILL_BYTES_MAX, which is 80 KiB', async () => {
    expect(SPILL_BYTES_MAX).toBe(81_920);
    for (let round = 0; round < 20; round++) {
      const { io, peer } = await meetTls(await listenTls());
      const sentCount = pour(peer);
      await untilStill(sentCount);
      // More than the bound would have ended the stream.
      for (let received = 0; received < 4 * SPILL_BYTES_MAX;) received += await io.read(new Uint8Array(round + 1_000));
      peer.destroy();
    }
  });

  it('ends the stream with an error, should it be more', async () => {
    const reader = new TlsReader();
    const destroyed: Error[] = [];
    reader.attach({ resume() {}, destroy: (error: Error) => void destroyed.push(error) } as unknown as TLSSocket);
    const received = (count: number): boolean => reader.onread.callback(count, new Uint8Array());
    const record = 16_384;
    for (let i = 0; i < SPILL_BYTES_MAX / record; i++) expect(received(record)).toBe(false);
    expect(destroyed).toEqual([]);
    expect(received(1)).toBe(false);
    expect(destroyed).toMatchObject([{ code: 'transport-failed', message: expect.stringContaining('81920 bytes') }]);
  });
});

describe('Spill', () => {
  it('gives back what it was given, in order, through any growth', () => {
    const spill = new Spill(100_000);
    let added = 0;
    let taken = 0;
    for (let round = 1; round <= 400; round++) {
      const piece = pattern(added, (round * 7_919) % 20_000);
      if (spill.length + piece.length <= 100_000) {
        expect(spill.add(piece)).toBe(true);
        added += piece.length;
      } else {
        expect(spill.add(piece)).toBe(false);
      }
      const target = new Uint8Array((round * 104_729) % 15_000);
      const count = spill.take(target);
      expect(wrongBytes(target.subarray(0, count), taken)).toBe(0);
      taken += count;
      expect(spill.length).toBe(added - taken);
    }
    expect(added).toBeGreaterThan(1_000_000);
  });

  it('takes as much as it has room for, and not a byte more', () => {
    const spill = new Spill(10);
    expect(spill.add(new Uint8Array(10))).toBe(true);
    expect(spill.add(new Uint8Array(1))).toBe(false);
    expect(spill.take(new Uint8Array(1))).toBe(1);
    expect(spill.add(new Uint8Array(1))).toBe(true);
    spill.clear();
    expect(spill.take(new Uint8Array(1))).toBe(0);
  });
});
