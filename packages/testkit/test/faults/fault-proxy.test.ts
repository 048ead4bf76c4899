import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Buffers, DisconnectedError, Session } from '@minimq/core';
import { MemoryBroker } from '@minimq/testkit';
import { faultProxy, listenTcp, type FaultProxy, type FaultProxyOptions } from '@minimq/testkit/node';
import { connectTcp } from '@minimq/transport-node';
import { counting } from '../link-helpers.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Setup = Omit<FaultProxyOptions, 'to'>;

async function proxyTo(port: number, setup: Setup = {}): Promise<FaultProxy> {
  const proxy = await faultProxy({ to: { port }, ...setup });
  closing.push(() => proxy.close());
  return proxy;
}

async function turnsUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** A socket, and what it has seen. */
class Seen {
  readonly socket: Socket;
  readonly errors: string[] = [];
  readonly chunks: Buffer[] = [];
  isEnded = false;
  readonly closed: Promise<unknown>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', (error: NodeJS.ErrnoException) => this.errors.push(error.code ?? error.message));
    socket.on('data', (chunk) => this.chunks.push(chunk));
    socket.on('end', () => (this.isEnded = true));
    closing.push(() => socket.destroy());
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  async until(count: number): Promise<Buffer> {
    await turnsUntil(() => this.bytes.length >= count);
    return this.bytes;
  }
}

/** Sockets on both sides of a proxy. */
async function sockets(setup: Setup = {}): Promise<{ proxy: FaultProxy; client: Seen; server: Seen }> {
  const listener: Server = createServer({ allowHalfOpen: true });
  listener.on('connection', (socket) => socket.on('error', () => {}));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  closing.push(() => listener.close());
  const proxy = await proxyTo((listener.address() as AddressInfo).port, setup);
  const client = new Seen(connect({ port: proxy.port, host: proxy.host, allowHalfOpen: true, noDelay: true }));
  const [accepted] = (await once(listener, 'connection')) as [Socket];
  return { proxy, client, server: new Seen(accepted) };
}

describe('between two sockets', () => {
  it('passes on what both send, and their ends, and counts it', async () => {
    const { proxy, client, server } = await sockets();
    expect(proxy.url).toBe(`mqtt://127.0.0.1:${proxy.port}`);
    client.socket.end(Uint8Array.of(1, 2, 3));
    expect([...(await server.until(3))]).toEqual([1, 2, 3]);
    await turnsUntil(() => server.isEnded);
    expect(client.isEnded).toBe(false);
    server.socket.end(Uint8Array.of(4));
    await client.closed;
    expect([...client.bytes]).toEqual([4]);
    await turnsUntil(() => proxy.connections.length === 0);
    expect(proxy.counts).toEqual({ accepted: 1, toServerBytes: 3, toClientBytes: 1 });
    expect([client.errors, server.errors]).toEqual([[], []]);
  });

  it('carries a megabyte in pieces of a few bytes each way, unchanged', async () => {
    const { client, server } = await sockets({
      faults: { both: { chunkBytes: [1_000, 9_000], writeMaxBytes: 5_000 } },
    });
    const message = counting(1_000_000);
    client.socket.write(message);
    server.socket.write(message);
    for (const seen of [client, server]) expect(Buffer.compare(await seen.until(message.length), message)).toBe(0);
    expect(server.chunks.length).toBeGreaterThan(50);
  });

  it('lets single bytes through one by one', async () => {
    const { server, client } = await sockets({ faults: { toServer: { chunkBytes: 1 } } });
    client.socket.write(counting(50));
    expect(Buffer.compare(await server.until(50), counting(50))).toBe(0);
    expect(server.chunks.length).toBeGreaterThan(1);
  });

  it('does not read where the other side does not', async () => {
    const { proxy, client, server } = await sockets({ capacityBytes: 20_000 });
    server.socket.pause();
    client.socket.write(new Uint8Array(32 * 1024 * 1024));
    const [{ toServer }] = proxy.connections as [FaultProxy['connections'][number]];
    await turnsUntil(() => toServer.inFlightBytes === 20_000);
    const passedBytes = toServer.writtenBytes;
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(toServer.inFlightBytes).toBeLessThanOrEqual(20_000);
    expect(toServer.writtenBytes).toBeLessThan(24 * 1024 * 1024);
    server.socket.resume();
    await turnsUntil(() => toServer.writtenBytes > passedBytes + 100_000);
  });

  it('resets at once, whatever a slow reader still has to take', async () => {
    for (const reset of ['by a fault', 'when asked', 'after a cut']) {
      const { proxy, client, server } = await sockets({ capacityBytes: 20_000 });
      client.socket.pause();
      server.socket.write(new Uint8Array(32 * 1024 * 1024));
      await turnsUntil(() => proxy.connections[0]!.toClient.inFlightBytes === 20_000);
      if (reset === 'by a fault') proxy.setFaults({ toClient: { end: { afterBytes: 0, how: 'reset' } } });
      if (reset === 'after a cut') proxy.cut();
      if (reset !== 'by a fault') proxy.reset();
      await turnsUntil(() => proxy.connections.length === 0);
      expect(server.errors).toEqual(['ECONNRESET']);
    }
  });

  it('holds everything back while it is stalled, on connections to come as well', async () => {
    const { proxy, client, server } = await sockets();
    proxy.stall();
    client.socket.write(Uint8Array.of(1));
    const second = new Seen(connect({ port: proxy.port, host: proxy.host }));
    second.socket.write(Uint8Array.of(2, 3));
    await turnsUntil(() => proxy.connections.length === 2);
    const inFlight = (): number[] => proxy.connections.map(({ toServer }) => toServer.inFlightBytes);
    await turnsUntil(() => inFlight().join() === '1,2');
    expect(server.chunks).toEqual([]);
    proxy.resume();
    expect([...(await server.until(1))]).toEqual([1]);
    await turnsUntil(() => proxy.counts.toServerBytes === 3);
  });

  it('takes what goes into a black hole', async () => {
    const { proxy, client, server } = await sockets({ faults: { toServer: { blackHole: true } }, capacityBytes: 10 });
    const wrote = new Promise((resolve) => client.socket.end(new Uint8Array(1_000_000), () => resolve(true)));
    await wrote;
    const [{ toServer }] = proxy.connections as [FaultProxy['connections'][number]];
    await turnsUntil(() => toServer.writtenBytes === 1_000_000);
    expect(server.chunks).toEqual([]);
    expect(server.isEnded).toBe(false);
    server.socket.write(Uint8Array.of(5));
    expect([...(await client.until(1))]).toEqual([5]);
    expect(proxy.counts).toEqual({ accepted: 1, toServerBytes: 0, toClientBytes: 1 });
  });

  it('cuts after so many bytes, which still arrive', async () => {
    const { proxy, client, server } = await sockets({ faults: { toServer: { end: { afterBytes: 3 } } } });
    client.socket.write(counting(10));
    await turnsUntil(() => server.isEnded && client.isEnded);
    expect([...server.bytes]).toEqual([0, 1, 2]);
    expect(proxy.counts.toServerBytes).toBe(3);
  });

  it('half-closes one way and leaves the other one open', async () => {
    const { proxy, client, server } = await sockets();
    proxy.connections[0]!.toClient.halfClose();
    await turnsUntil(() => client.isEnded);
    client.socket.write(Uint8Array.of(1));
    expect([...(await server.until(1))]).toEqual([1]);
  });

  it('cuts all connections when asked, and resets them', async () => {
    for (const how of ['cut', 'reset'] as const) {
      const { proxy, client, server } = await sockets();
      expect(proxy[how]()).toBe(1);
      for (const seen of [client, server]) {
        if (how === 'cut') await turnsUntil(() => seen.isEnded);
        else await seen.closed;
        expect(seen.errors).toEqual(how === 'cut' ? [] : ['ECONNRESET']);
        seen.socket.destroy();
      }
      await turnsUntil(() => proxy.connections.length === 0);
    }
  });

  it.each(['client', 'server'] as const)('passes on that the %s resets its connection', async (side) => {
    const { proxy, ...both } = await sockets();
    both[side].socket.resetAndDestroy();
    const other = both[side === 'client' ? 'server' : 'client'];
    await other.closed;
    expect(other.errors).toEqual(['ECONNRESET']);
    await turnsUntil(() => proxy.connections.length === 0);
  });

  it('resets a client whose broker cannot be reached', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    await new Promise((resolve) => listener.close(resolve));
    const proxy = await proxyTo(port);
    const client = new Seen(connect({ port: proxy.port, host: proxy.host }));
    await client.closed;
    expect(client.errors).toEqual(['ECONNRESET']);
    await turnsUntil(() => proxy.connections.length === 0);
  });

  it('closes with connections that are open or stalled, and twice', async () => {
    const { proxy, client, server } = await sockets();
    client.socket.write(counting(1));
    await server.until(1);
    proxy.setFaults({ both: { stalled: true } });
    client.socket.write(counting(100));
    await turnsUntil(() => proxy.connections[0]!.toServer.inFlightBytes === 100);
    await proxy.close();
    await proxy.close();
    await Promise.all([client.closed, server.closed]);
    expect(proxy.connections).toEqual([]);
    expect([client.errors, server.errors]).toEqual([['ECONNRESET'], ['ECONNRESET']]);
  });

  it('refuses faults that it cannot have, and rejects where it cannot have the port', async () => {
    const { proxy } = await sockets();
    expect(() => proxy.setFaults({ both: { latencyMs: -1 } })).toThrow(RangeError);
    const faults = { both: { zeroWrites: true } } as unknown as FaultProxyOptions['faults'];
    await expect(faultProxy({ to: { port: 1 }, faults })).rejects.toThrow('zeroWrites: no socket answers that');
    await expect(faultProxy({ to: { port: 70_000 } })).rejects.toThrow(
      new RangeError('to.port has to be a whole number from 1 to 65535, not 70000'),
    );
    const listen = { port: proxy.port };
    await expect(faultProxy({ to: { port: 1 }, listen })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('in front of a broker, with a session', () => {
  async function connected(setup: Setup = {}) {
    const broker = new MemoryBroker();
    const listener = await listenTcp(broker);
    closing.push(async () => {
      listener.cutAll();
      await listener.close();
      await broker.close();
    });
    const proxy = await proxyTo(listener.port, setup);
    const session = new Session({ buffers: Buffers.allocate({ rx: 4096, tx: 4096 }), clientId: 'c' });
    const open = async () => session.connect(await connectTcp({ host: proxy.host, port: proxy.port }));
    const event = await open();
    closing.push(() => session.disconnect({ timeoutMs: 0 }));
    return { proxy, session, open, event, listener };
  }

  it('passes messages on under every fault that loses nothing', async () => {
    const both = { latencyMs: 2, jitterMs: 3, chunkBytes: [1, 5], bytesPerSecond: 50_000, writeMaxBytes: 7 } as const;
    const { session } = await connected({ faults: { both } });
    await session.subscribe([{ topicFilter: 't', qos: 2 }]);
    const op = await session.publish({ topic: 't', payload: 'hi', qos: 2 });
    expect((await session.recv()).text()).toBe('hi');
    await op.completion();
  });

  it('lets a session resume after a cut, and loses and doubles nothing of QoS 2', async () => {
    const { proxy, session, open, event } = await connected();
    await session.subscribe([{ topicFilter: 't', qos: 2 }]);
    proxy.stall();
    const op = await session.publish({ topic: 't', payload: 'hi', qos: 2 });
    await session.flush();
    proxy.reset();
    expect(await event.closed).toBeInstanceOf(DisconnectedError);
    proxy.resume();
    expect((await open()).kind).toBe('reconnected');
    await op.completion();
    expect((await session.recv()).text()).toBe('hi');
    await session.publish({ topic: 't', payload: 'end', qos: 2 });
    expect((await session.recv()).text()).toBe('end');
    expect(proxy.counts.accepted).toBe(2);
  });

  it('changes its faults while it runs', async () => {
    const { proxy, session } = await connected();
    proxy.setFaults({ toClient: { stalled: true } });
    let isSubscribed = false;
    const subscribing = session.subscribe(['t']).then(({ reasonCodes }) => {
      isSubscribed = true;
      return reasonCodes;
    });
    await turnsUntil(() => proxy.connections[0]!.toClient.inFlightBytes > 0);
    expect(isSubscribed).toBe(false);
    proxy.setFaults({});
    expect(await subscribing).toEqual([0]);
  });
});
