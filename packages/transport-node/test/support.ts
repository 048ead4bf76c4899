import { connectTcp, connectUnix, fromDuplex } from '@minimq/transport-node';
import type { DuplexOptions, SocketOptions } from '@minimq/transport-node';
import type { Io } from '@minimq/core';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, Socket } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

export const HOST = '127.0.0.1';

/** An `Io` and the raw stream at its other end, which does not read by itself. */
export interface Link<P extends Duplex = Duplex> {
  readonly io: Io;
  readonly peer: P;
}

/** A server for one test, on a port or a path of its own; its sockets go with it. */
export async function listen(path?: string): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // Tests that mean to break the connection break it for the peer as well.
  });
  if (path === undefined) server.listen(0, HOST);
  else server.listen(path);
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  });
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** A path for a socket, in a folder that goes with the test. */
export async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'minimq-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'broker.sock');
}

/** The peer's socket is there a little later or a little earlier than ours. */
async function meet(server: Server, open: () => Promise<Io>): Promise<Link<Socket>> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const io = await open();
  const [peer] = await accepted;
  onTestFinished(async () => {
    peer.destroy();
    await io.close();
  });
  return { io, peer };
}

export async function openTcp(options: SocketOptions = {}): Promise<Link<Socket>> {
  const server = await listen();
  return meet(server, () => connectTcp({ host: HOST, port: portOf(server), closeTimeoutMs: 100, ...options }));
}

async function openUnix(): Promise<Link<Socket>> {
  const path = await socketPath();
  const server = await listen(path);
  return meet(server, () => connectUnix({ path, closeTimeoutMs: 100 }));
}

export async function openDuplexOfSocket(
  options: DuplexOptions = {},
): Promise<Link<Socket> & { readonly stream: Socket }> {
  const server = await listen();
  const stream = connect({ host: HOST, port: portOf(server), allowHalfOpen: true });
  const link = await meet(server, async () => {
    await once(stream, 'connect');
    return fromDuplex(stream, { closeTimeoutMs: 100, ...options });
  });
  return { ...link, stream };
}

export function openDuplexOfPair(): Link & { readonly stream: Duplex } {
  const [stream, peer] = duplexPair();
  const io = fromDuplex(stream, { closeTimeoutMs: 100 });
  onTestFinished(async () => {
    stream.destroy();
    await io.close();
  });
  return { io, peer, stream };
}

/** Every kind of stream that this package makes an `Io` of. */
export const links: readonly { readonly name: string; readonly open: () => Link | Promise<Link> }[] = [
  { name: 'connectTcp', open: openTcp },
  { name: 'connectTcp with a read buffer of 997 bytes', open: () => openTcp({ readBufferBytes: 997 }) },
  { name: 'connectUnix', open: openUnix },
  { name: 'fromDuplex over a socket', open: openDuplexOfSocket },
  { name: 'fromDuplex over a pair in memory', open: openDuplexOfPair },
];

/**
 * Two streams where what is written to one is read from the other; a write is done when the other side asks for more.
 * It hands over the very bytes that were written, without a copy, as Node's own pairs and PassThrough do.
 */
export function duplexPair(): [Duplex, Duplex] {
  class Side extends Duplex {
    other: Side | undefined;
    done: (() => void) | undefined;
    override _read(): void {
      const done = this.other?.done;
      if (this.other) this.other.done = undefined;
      done?.();
    }
    override _write(chunk: Buffer, _encoding: string, done: () => void): void {
      if (this.other?.push(chunk) ?? true) done();
      else this.done = done;
    }
    override _final(done: () => void): void {
      this.other?.push(null);
      done();
    }
  }
  const a = new Side();
  const b = new Side();
  a.other = b;
  b.other = a;
  return [a, b];
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Bytes that differ from place to place, so that one out of order or overwritten is noticed. */
export function pattern(from: number, length: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(length);
  for (let i = 0; i < length; i++) result[i] = patternAt(from + i);
  return result;
}

function patternAt(offset: number): number {
  return (offset ^ (offset >> 8) ^ (offset >> 16)) & 0xff;
}

/** Reads until `length` bytes are there, or until the end of the stream. */
export async function readBytes(
  io: Io,
  length: number,
  bufferLength: number = length,
): Promise<Uint8Array<ArrayBuffer>> {
  const result = new Uint8Array(length);
  const buffer = new Uint8Array(bufferLength);
  let filled = 0;
  while (filled < length) {
    const count = await io.read(buffer.subarray(0, Math.min(bufferLength, length - filled)));
    if (count === 0) return result.slice(0, filled);
    result.set(buffer.subarray(0, count), filled);
    filled += count;
  }
  return result;
}

/** What `fill` writes at a time, and at most how often: far more than two sockets and their buffers hold. */
export const FILL_BYTES = 100_003;
const FILL_COUNT_MAX = 2_000;

export interface Filled {
  readonly written: number;
  /** The write that has to wait, and the bytes that it uses meanwhile; they are overwritten once it resolves. */
  readonly waiting: Promise<number>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Writes the pattern until a write has to wait, and overwrites the bytes of each as soon as the contract allows it. */
export function fill(io: Io): Filled {
  const buffer = new Uint8Array(FILL_BYTES);
  for (let i = 0; i < FILL_COUNT_MAX; i++) {
    buffer.set(pattern(i * FILL_BYTES, FILL_BYTES));
    const answer = io.write(buffer);
    if (typeof answer !== 'number') {
      const waiting = answer.then((count) => {
        buffer.fill(0xee);
        return count;
      });
      return { written: (i + 1) * FILL_BYTES, waiting, bytes: buffer };
    }
    if (answer !== FILL_BYTES) throw new Error(`${answer} of ${FILL_BYTES} bytes`);
    buffer.fill(0xee);
  }
  throw new Error('No write had to wait');
}

/** How many of these bytes are not those of the pattern, which begins with the byte at `from`. */
export function wrongBytes(got: Uint8Array, from = 0): number {
  let wrongCount = 0;
  for (let i = 0; i < got.length; i++) if (got[i] !== patternAt(from + i)) wrongCount += 1;
  return wrongCount;
}

/** All that the peer gets until its stream ends. */
export async function peerReadsAll(peer: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  peer.on('data', (chunk: Buffer) => chunks.push(chunk));
  peer.resume();
  await once(peer, 'end');
  return Buffer.concat(chunks);
}

/** The next `length` bytes that the peer gets. */
export async function peerReads(peer: Duplex, length: number): Promise<Buffer> {
  for (;;) {
    if (peer.readableLength >= length) return peer.read(length) as Buffer;
    peer.read(0);
    await once(peer, 'readable');
  }
}

/** The peer writes, and its bytes have left its process. */
export function peerWrites(peer: Duplex, content: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    peer.write(content, (error) => (error ? reject(error) : resolve()));
  });
}

/** The peer breaks the connection off, as one does that has crashed. */
export async function peerResets(peer: Socket): Promise<void> {
  const closed = once(peer, 'close');
  peer.resetAndDestroy();
  await closed;
}

/** Turns of the event loop, each of which takes in what the operating system has, until `count` has stopped growing. */
export async function untilStill(count: () => number): Promise<number> {
  let last = count();
  for (let stillTurns = 0; stillTurns < 100; stillTurns++) {
    await nextTurn();
    const now = count();
    if (now !== last) stillTurns = 0;
    last = now;
  }
  return last;
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Whether a promise has settled by now, without waiting for it. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const mark = (): void => void (settled = true);
  promise.then(mark, mark);
  await untilStill(() => Number(settled));
  return settled;
}

export async function rejection(outcome: number | void | Promise<unknown>): Promise<unknown> {
  try {
    await outcome;
  } catch (error) {
    return error;
  }
  throw new Error('It should have rejected');
}
