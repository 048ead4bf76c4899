import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { WebSocketIo, type WebSocketIoOptions } from '../../src/node/web-socket-io.ts';
import { counting } from '../link-helpers.ts';
import { atEnd } from './closing.ts';

const MORE_THAN_THE_SYSTEM_HOLDS = new Uint8Array(32 * 1024 * 1024);

/** Both ends of a WebSocket; the server's is an Io. */
async function pair(options?: WebSocketIoOptions) {
  const http = createHttpServer();
  const server = new WebSocketServer({ server: http, autoPong: false });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const accepted = once(server, 'connection') as Promise<[WebSocket]>;
  const peer = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  const [webSocket] = await accepted;
  atEnd(() => {
    peer.terminate();
    webSocket.terminate();
    http.close();
  });
  const io = new WebSocketIo(webSocket, options);
  await once(peer, 'open');
  return { io, webSocket, peer };
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('WebSocketIo', () => {
  it('leaves to the peer what nobody reads, and gives all of it in the end', async () => {
    const { io, peer } = await pair();
    const sent = counting(16 * 1024 * 1024);
    for (let from = 0; from < sent.length; from += 9_999) peer.send(sent.subarray(from, from + 9_999));
    await turns(300);
    // The rest waits with the peer, or with the system.
    expect(peer.bufferedAmount).toBeGreaterThan(4 * 1024 * 1024);
    peer.close();
    const received = new Uint8Array(sent.length);
    let length = 0;
    while (length < sent.length) {
      const count = await io.read(received.subarray(length, length + 50_000));
      if (count === 0) break;
      length += count;
    }
    expect(length).toBe(sent.length);
    expect(Buffer.compare(received, sent)).toBe(0);
    expect(await io.read(new Uint8Array(1))).toBe(0);
    // The end stays the end.
    expect(await io.read(new Uint8Array(1))).toBe(0);
  });

  it('fills a buffer from several frames, and splits one', async () => {
    const { io, peer } = await pair();
    peer.send(Uint8Array.of(1));
    peer.send(Uint8Array.of(2, 3));
    peer.send(Uint8Array.of(4, 5, 6));
    peer.ping();
    await once(peer, 'pong');
    const buffer = new Uint8Array(4);
    expect(io.read(buffer)).toBe(4);
    expect(buffer).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(io.read(buffer)).toBe(2);
    expect(buffer).toEqual(Uint8Array.of(5, 6, 3, 4));
  });

  it('answers a write at once only when the bytes are gone', async () => {
    const { io, peer } = await pair();
    const received: Buffer[] = [];
    peer.on('message', (data: Buffer) => received.push(data));
    const block = counting(1_000_000);
    for (let written = 1; ; written += 1) {
      expect(written).toBeLessThan(100);
      const answer = io.write(block);
      if (typeof answer !== 'number') {
        expect(await answer).toBe(block.length);
        block.fill(255);
        const closed = once(peer, 'close');
        await io.close();
        await closed;
        expect(received.length).toBe(written);
        expect(received.every((data) => Buffer.compare(data, counting(1_000_000)) === 0)).toBe(true);
        return;
      }
    }
  });

  it('waits with a write for a peer that does not read', async () => {
    const { io, peer } = await pair();
    peer.pause();
    const answer = io.write(MORE_THAN_THE_SYSTEM_HOLDS);
    let isSettled = false;
    void Promise.resolve(answer).then(() => (isSettled = true));
    await turns(50);
    expect(isSettled).toBe(false);
    peer.resume();
    expect(await answer).toBe(MORE_THAN_THE_SYSTEM_HOLDS.length);
  });

  it('ends a pending read with 0 when it is closed, touches no buffer any more, and closes twice', async () => {
    const { io, peer } = await pair();
    const buffer = new Uint8Array(4);
    const pending = io.read(buffer);
    const closed = io.close();
    peer.send(Uint8Array.of(1, 2, 3));
    expect(await pending).toBe(0);
    await closed;
    await io.close();
    expect(buffer).toEqual(new Uint8Array(4));
    expect(await io.read(buffer)).toBe(0);
    expect(() => io.write(buffer)).toThrow('closed');
  });

  it('settles the write that waits when the peer is gone, and rejects from then on', async () => {
    const { io, peer } = await pair();
    peer.pause();
    const answer = io.write(MORE_THAN_THE_SYSTEM_HOLDS);
    expect(answer).toBeInstanceOf(Promise);
    peer.terminate();
    // Node calls a write that it gave up a success; what follows tells.
    await Promise.allSettled([answer]);
    await expect(Promise.resolve().then(() => io.read(new Uint8Array(1)))).rejects.toThrow('without a Close frame');
    expect(() => io.write(Uint8Array.of(1))).toThrow('without a Close frame');
    await io.close();
  });

  it('is closed before long where the peer never answers its Close frame', async () => {
    const { io, peer } = await pair({ lingerMs: 1 });
    peer.pause();
    await io.close();
    expect(await io.read(new Uint8Array(1))).toBe(0);
  });

  it('does not heap up answers for a client that pings and does not read', async () => {
    const { io, webSocket, peer } = await pair();
    peer.pause();
    const answer = Promise.resolve(io.write(MORE_THAN_THE_SYSTEM_HOLDS));
    const { bufferedAmount } = webSocket;
    expect(bufferedAmount).toBeGreaterThan(64 * 1024);
    let pings = 0;
    webSocket.on('ping', () => (pings += 1));
    for (let i = 0; i < 1_000; i += 1) peer.ping('x'.repeat(125));
    while (pings < 1_000) await turns(1);
    expect(webSocket.bufferedAmount).toBeLessThanOrEqual(bufferedAmount);
    answer.catch(() => {});
  });
});
