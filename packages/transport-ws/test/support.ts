import type { Io } from '@minimq/core';
import { connectWebSocket as connectInNode } from '@minimq/transport-ws';
import type { WebSocketOptions } from '@minimq/transport-ws';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { tlsServerOptions } from '@minimq/testkit/certificates';
import { onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { ServerOptions } from 'ws';
import { connectWebSocket as connectOnPlatform } from '../src/index.ts';
import { FakeWebSocketStream } from './fake-web-socket-stream.ts';

export const HOST = '127.0.0.1';

/** `ws` implements the browser's interface; this hides its constructor's third argument, as a browser has none. */
class PlatformWebSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false });
  }
}

export interface Face {
  readonly name: string;
  readonly connect: typeof connectInNode;
}

export const nodeFace: Face = { name: 'ws in Node', connect: connectInNode };
export const socketFace: Face = {
  name: "the platform's WebSocket",
  connect(url, options) {
    vi.stubGlobal('WebSocket', PlatformWebSocket);
    // Where nobody asks for it, it stays unused.
    vi.stubGlobal('WebSocketStream', FakeWebSocketStream);
    return connectOnPlatform(url, options);
  },
};
export const streamFace: Face = {
  name: "the platform's WebSocketStream",
  connect(url, options) {
    vi.stubGlobal('WebSocket', PlatformWebSocket);
    vi.stubGlobal('WebSocketStream', FakeWebSocketStream);
    return connectOnPlatform(url, { preferWebSocketStream: true, ...options });
  },
};
export const faces: readonly Face[] = [nodeFace, socketFace, streamFace];

export interface Listening {
  readonly server: Server;
  readonly url: string;
  /** The TCP sockets that it has accepted. */
  readonly sockets: readonly Socket[];
}

/** An HTTP server for one test, on a port of its own; its sockets go with it. */
export async function listen(scheme: 'ws' | 'wss' = 'ws'): Promise<Listening> {
  const server = scheme === 'ws' ? createServer() : createTlsServer(tlsServerOptions());
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {}); // Tests that mean to break the connection break it for the peer as well.
  });
  const port = await listenForTest(server, sockets);
  return { server, sockets, url: `${scheme}://${HOST}:${port}/mqtt` };
}

/** Listens on a port of the system's choice until the test is over; then its sockets go with it. */
export async function listenForTest(server: NetServer, sockets: readonly Socket[]): Promise<number> {
  server.listen(0, HOST);
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

export interface Serving {
  readonly server: WebSocketServer;
  readonly url: string;
  readonly sockets: readonly Socket[];
}

/** A WebSocket server that chooses `mqtt`. */
export async function serve(options: ServerOptions = {}, scheme: 'ws' | 'wss' = 'ws'): Promise<Serving> {
  const { server, url, sockets } = await listen(scheme);
  const choices: ServerOptions = { perMessageDeflate: false, handleProtocols: () => 'mqtt', ...options };
  return { server: new WebSocketServer({ server, ...choices }), url, sockets };
}

export interface Link {
  readonly io: Io;
  readonly peer: WebSocket;
  /** The TCP socket that the peer runs over, for what no frame of `ws` would do. */
  readonly socket: Socket;
}

/** An `Io` and the server's end of it. */
export async function open(
  { connect }: Face,
  options: WebSocketOptions = {},
  scheme: 'ws' | 'wss' = 'ws',
): Promise<Link> {
  const { server, url, sockets } = await serve({}, scheme);
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const io = await connect(url, { closeTimeoutMs: 200, ...options });
  const [peer] = await accepted;
  const [socket] = sockets;
  if (socket === undefined) throw new Error('A WebSocket without a socket');
  peer.on('error', () => {});
  onTestFinished(async () => {
    peer.terminate();
    await io.close();
  });
  return { io, peer, socket };
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

/** How many of these bytes are not those of the pattern, which begins with the byte at `from`. */
export function wrongBytes(got: Uint8Array, from = 0): number {
  let wrongCount = 0;
  for (let i = 0; i < got.length; i++) if (got[i] !== patternAt(from + i)) wrongCount += 1;
  return wrongCount;
}

/** Reads until `length` bytes are there, or until the end of the stream. */
export async function readBytes(io: Io, length: number, bufferLength = length): Promise<Uint8Array<ArrayBuffer>> {
  const result = new Uint8Array(length);
  const buffer = new Uint8Array(bufferLength);
  let filled = 0;
  while (filled < length) {
    const count = await io.read(buffer.subarray(0, Math.min(bufferLength, length - filled)));
    if (count === 0) break;
    result.set(buffer.subarray(0, count), filled);
    filled += count;
  }
  return result.subarray(0, filled);
}

/** Writes all of it; the bytes are overwritten as soon as the contract allows it. */
export async function writeAll(io: Io, content: Uint8Array<ArrayBuffer>): Promise<void> {
  let done = 0;
  while (done < content.length) {
    const part = content.slice(done);
    done += await io.write(part);
    part.fill(0xee);
  }
}

/** The next `length` bytes that the server gets. */
export async function peerReads(peer: WebSocket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let filled = 0;
  await new Promise<void>((resolve) => {
    const onMessage = (data: Buffer): void => {
      chunks.push(data);
      filled += data.length;
      if (filled < length) return;
      peer.off('message', onMessage);
      resolve();
    };
    peer.on('message', onMessage);
  });
  return Buffer.concat(chunks);
}

export async function rejection(outcome: unknown): Promise<unknown> {
  try {
    await outcome;
  } catch (error) {
    return error;
  }
  throw new Error('It should have rejected');
}

/** Turns of the event loop, timers included, until `count` has not grown in a good many of them. */
export async function untilStill(count: () => number): Promise<number> {
  let last = count();
  for (let stillTurns = 0; stillTurns < 40; stillTurns++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const now = count();
    if (now !== last) stillTurns = 0;
    last = now;
  }
  return last;
}

/** The first write that has to wait, for a server that does not read. */
export async function stuckWrite(io: Io): Promise<{ readonly waiting: Promise<number>; readonly written: number }> {
  const buffer = new Uint8Array(65_536);
  // Far more than two sockets and their buffers hold.
  for (let written = 0; written < 64_000_000;) {
    const answer = io.write(buffer);
    if (typeof answer !== 'number') {
      let settled = false;
      const mark = (): void => void (settled = true);
      answer.then(mark, mark);
      // A write that only waits for its turn is no proof of anything.
      if ((await untilStill(() => Number(settled))) === 0) return { waiting: answer, written };
    }
    written += await answer;
  }
  throw new Error('No write had to wait');
}
