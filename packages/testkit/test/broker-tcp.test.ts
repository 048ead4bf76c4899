import { once } from 'node:events';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryBroker, type MemoryBrokerOptions } from '@minimq/testkit';
import { listenTcp, type BrokerListener } from '@minimq/testkit/node';
import { SocketIo } from '../src/node/socket-io.ts';
import { bytesOf, connect, hexOf, subscribe } from './broker-helpers.ts';
import { counting } from './link-helpers.ts';

// What is about sockets; what every listener does is in node/listeners.test.ts.

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(
  options: MemoryBrokerOptions = {},
): Promise<{ broker: MemoryBroker; listener: BrokerListener }> {
  const broker = new MemoryBroker({ reasonStrings: false, ...options });
  const listener = await listenTcp(broker);
  closing.push(async () => {
    listener.cutAll();
    await listener.close();
    await broker.close();
  });
  return { broker, listener };
}

/** A client of sockets and bytes. */
async function dial({ port }: { port: number }) {
  const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true });
  closing.push(() => socket.destroy());
  let received = Buffer.alloc(0);
  let wanted: { length: number; done: () => void } | undefined;
  const errors: Error[] = [];
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', (error) => errors.push(error));
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (wanted !== undefined && received.length >= wanted.length) wanted.done();
  });
  await once(socket, 'connect');
  return {
    socket,
    ended,
    errors,
    send: (...packets: string[]) => void socket.write(bytesOf(packets.join(' '))),
    /** The next `length` bytes. */
    async take(length: number): Promise<string> {
      if (received.length < length) await new Promise<void>((done) => (wanted = { length, done }));
      wanted = undefined;
      const taken = received.subarray(0, length);
      received = received.subarray(length);
      return hexOf(taken);
    },
    rest: () => hexOf(received),
  };
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('listenTcp', () => {
  it('closes the connection behind a DISCONNECT', async () => {
    const { listener } = await listening();
    const client = await dial(listener);
    client.send(connect());
    await client.take(5);
    const [connection] = listener.connections;
    client.send('e0 00');
    await client.ended;
    expect(await connection!.closed).toEqual({ by: 'client', reasonCode: 0 });
    expect(client.errors).toEqual([]);
    expect(client.rest()).toBe('');
  });

  it('gets a last word through to a client that is still sending', async () => {
    const { listener } = await listening();
    const client = await dial(listener);
    client.send(connect());
    expect(await client.take(5)).toBe('20 03 00 00 00');
    client.socket.write(bytesOf(connect()));
    client.socket.end(new Uint8Array(500_000));
    expect(await client.take(3)).toBe('e0 01 82');
    await client.ended;
    expect(client.errors).toEqual([]);
  });

  it('hears of a reset', async () => {
    const { listener } = await listening();
    const client = await dial(listener);
    client.send(connect());
    await client.take(5);
    const [connection] = listener.connections;
    client.socket.resetAndDestroy();
    expect(await connection!.closed).toMatchObject({ by: 'transport', error: { code: 'ECONNRESET' } });
  });

  it('holds no more than its bounds for a client that does not read', async () => {
    const { broker, listener } = await listening({ qos0QueuedBytesMax: 1_000_000 });
    const client = await dial(listener);
    client.send(connect(), subscribe(1, 't'));
    await client.take(5 + 6);
    client.socket.pause();
    const payload = 'x'.repeat(100_000);
    let sentCount = 0;
    while (broker.counts.messagesDroppedSlow === 0) {
      broker.publish({ topic: 't', payload });
      sentCount += 1;
      await turns(2);
    }
    const { messagesSent } = broker.counts;
    await turns(20);
    // It stands still until the client goes on.
    expect(broker.counts.messagesSent).toBe(messagesSent);
    expect(sentCount).toBeLessThan(1_000);
    client.socket.resume();
    const length = 1 + 3 + 3 + 1 + 100_000;
    for (let i = 1; i < sentCount; i += 1) expect(bytesOf(await client.take(length)).length).toBe(length);
    expect(broker.counts.messagesSent).toBe(sentCount - 1);
  });
});

describe('SocketIo', () => {
  async function pair(lingerMs?: number): Promise<{ io: SocketIo; socket: Socket; peer: Socket }> {
    const server = createServer();
    closing.push(() => server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const peer = connectSocket({ port: (server.address() as { port: number }).port, host: '127.0.0.1' });
    peer.on('error', () => {});
    const [socket] = await accepted;
    closing.push(() => (peer.destroy(), socket.destroy()));
    return { io: new SocketIo(socket, lingerMs), socket, peer };
  }

  it('leaves to the peer what nobody reads, and gives all of it in the end', async () => {
    const { io, socket, peer } = await pair();
    const sent = counting(8 * 1024 * 1024);
    peer.end(sent);
    await turns(300);
    expect(socket.bytesRead).toBeLessThanOrEqual(256 * 1024);
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

  it('answers a read at once where there is something', async () => {
    const { io, socket, peer } = await pair();
    peer.write(Uint8Array.of(1, 2, 3));
    const buffer = new Uint8Array(2);
    expect(await io.read(buffer)).toBe(2);
    expect(socket.readableLength).toBe(1);
    expect(io.read(buffer)).toBe(1);
    expect(buffer).toEqual(Uint8Array.of(3, 2));
  });

  it('answers a write at once only when the bytes are gone', async () => {
    const { io, peer } = await pair();
    const small = Uint8Array.of(1, 2, 3);
    expect(io.write(small)).toBe(3);
    small.fill(9);
    // Fill the way until it waits; what was lent may be overwritten only after that.
    const block = counting(1_000_000);
    let sentLength = 3;
    for (;;) {
      const answer = io.write(block);
      sentLength += block.length;
      if (typeof answer !== 'number') {
        let settled = false;
        void answer.then(() => (settled = true));
        await turns(20);
        expect(settled).toBe(false);
        const received: Buffer[] = [];
        peer.on('data', (chunk: Buffer) => received.push(chunk));
        expect(await answer).toBe(block.length);
        block.fill(255);
        await io.close();
        if (!peer.readableEnded) await once(peer, 'end');
        const all = Buffer.concat(received);
        expect(all.length).toBe(sentLength);
        expect([...all.subarray(0, 3)]).toEqual([1, 2, 3]);
        expect(Buffer.compare(all.subarray(-1_000_000), counting(1_000_000))).toBe(0);
        return;
      }
    }
  });

  it('ends a pending read with 0 when it is closed, touches no buffer any more, and closes twice', async () => {
    const { io, peer } = await pair();
    const buffer = new Uint8Array(4);
    const pending = io.read(buffer);
    const closed = io.close();
    peer.end(Uint8Array.of(1, 2, 3));
    expect(await pending).toBe(0);
    await closed;
    await io.close();
    expect(buffer).toEqual(new Uint8Array(4));
    expect(await io.read(buffer)).toBe(0);
    expect(() => io.write(buffer)).toThrow('closed');
  });

  it('rejects the read when the peer resets the connection, and a write after it', async () => {
    const { io, peer } = await pair();
    const pending = io.read(new Uint8Array(4));
    peer.resetAndDestroy();
    await expect(pending).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(() => io.write(new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'ECONNRESET' }) as Error);
    await io.close();
  });

  it('is closed before long where the peer never closes', async () => {
    const { io, socket, peer } = await pair(1);
    peer.pause();
    peer.allowHalfOpen = true;
    await io.close();
    expect(socket.destroyed).toBe(true);
  });
});
