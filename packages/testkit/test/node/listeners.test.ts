import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { MemoryBroker, type MemoryBrokerOptions } from '@minimq/testkit';
import { tlsClientOptions } from '@minimq/testkit/certificates';
import { listenTcp, listenTls, listenWebSocket, type BrokerListener, type ListenOptions } from '@minimq/testkit/node';
import { bytesOf, connect, publish, sessionExpiry, subscribe } from '../broker-helpers.ts';
import { atEnd } from './closing.ts';
import { dial, type Dialled } from './dial.ts';

// What every listener of the in-memory broker does.

type Listen = (broker: MemoryBroker, options: ListenOptions) => Promise<BrokerListener>;
const listeners: readonly [string, Listen][] = [
  ['mqtt', listenTcp],
  ['mqtts', listenTls],
  ['ws', listenWebSocket],
  ['wss', (broker, options) => listenWebSocket(broker, { ...options, tls: {} })],
];

describe.each(listeners)('a listener for %s', (scheme, listen) => {
  async function listening(options: MemoryBrokerOptions = {}, where: ListenOptions = {}) {
    const broker = new MemoryBroker({ reasonStrings: false, ...options });
    const listener = await listen(broker, where);
    atEnd(async () => {
      listener.cutAll();
      await listener.close();
      await broker.close();
    });
    return { broker, listener };
  }

  async function client(listener: BrokerListener): Promise<Dialled> {
    const dialled = await dial(listener.url);
    atEnd(() => dialled.stream.destroy());
    return dialled;
  }

  it('serves a free port of this machine, and says which', async () => {
    const { broker, listener } = await listening();
    expect(listener.url).toBe(`${scheme}://127.0.0.1:${listener.port}`);
    expect(listener.port).toBeGreaterThan(0);
    const { send, take, ended, errors, rest, stream } = await client(listener);
    send(connect(), subscribe(1, 't'), publish('t', 'x'));
    expect(await take(5 + 6 + 7)).toBe('20 03 00 00 00 90 04 00 01 00 00 30 05 00 01 74 00 78');
    expect(listener.connections.map(({ clientId }) => clientId)).toEqual(['c']);
    expect(broker.clientIds).toEqual(['c']);
    const [connection] = listener.connections;
    send('e0 00');
    stream.end();
    await ended;
    expect(await connection!.closed).toEqual({ by: 'client', reasonCode: 0 });
    expect(errors).toEqual([]);
    expect(rest()).toBe('');
    expect(listener.connections).toEqual([]);
  });

  it('serves IPv6', async () => {
    const { listener } = await listening({}, { host: '::1' });
    expect(listener.url).toBe(`${scheme}://[::1]:${listener.port}`);
  });

  it('rejects where it cannot have the port', async () => {
    const { broker, listener } = await listening();
    await expect(listen(broker, { port: listener.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('cuts all connections, and takes them again', async () => {
    const { broker, listener } = await listening();
    const lasting = { flags: '00', properties: [sessionExpiry(60)] };
    const first = await client(listener);
    first.send(connect(lasting), subscribe(1, 't', '01'));
    await first.take(5 + 6);
    const [connection] = listener.connections;
    expect(listener.cutAll()).toBe(1);
    await first.ended;
    expect(await connection!.closed).toMatchObject({ by: 'transport' });
    broker.publish({ topic: 't', payload: 'x', qos: 1 });
    const back = await client(listener);
    back.send(connect(lasting));
    expect(await back.take(5 + 9)).toBe('20 03 01 00 00 32 07 00 01 74 00 01 00 78');
  });

  it('disconnects those who came through it when it is closed, and nobody else', async () => {
    const { broker, listener } = await listening();
    const other = await listen(broker, {});
    atEnd(() => other.close());
    const mine = await client(listener);
    const others = await client(other);
    mine.send(connect());
    others.send(connect({ clientId: 'o' }));
    await mine.take(5);
    await others.take(5);
    await listener.close();
    expect(await mine.take(3)).toBe('e0 01 8b');
    await mine.ended;
    expect(broker.clientIds).toEqual(['o']);
    await expect(dial(listener.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await listener.close();
    others.stream.destroy();
  });

  it('closes where a connection has never said a word, or only nonsense', async () => {
    const { listener } = await listening();
    const silent = connectSocket(listener.port, '127.0.0.1');
    const babbling = connectSocket(listener.port, '127.0.0.1');
    const over = [silent, babbling].map((socket) => {
      socket.on('error', () => {});
      socket.resume();
      return new Promise((resolve) => socket.once('close', resolve));
    });
    await Promise.all([once(silent, 'connect'), once(babbling, 'connect')]);
    babbling.write(Buffer.alloc(100, 0x55));
    await over[1];
    await listener.close();
    await over[0];
  });

  it('outlives a connection that is reset in its handshake', async () => {
    const { listener } = await listening();
    const socket = connectSocket(listener.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(Uint8Array.of(0x16));
    socket.resetAndDestroy();
    const { send, take } = await client(listener);
    send(connect());
    expect(await take(5)).toBe('20 03 00 00 00');
  });

  it('passes on 5,000 messages of QoS 1 in their order', async () => {
    const { listener } = await listening();
    const subscriber = await client(listener);
    subscriber.send(connect({ clientId: 's' }), subscribe(1, 't', '00'));
    await subscriber.take(5 + 6);
    const publisher = await client(listener);
    publisher.send(connect());
    await publisher.take(5);
    const sent: number[] = [];
    // Identifier 0 is none: the last bit is set.
    for (let i = 0; i < 5_000; i += 1) sent.push(0x32, 8, 0, 1, 0x74, i >> 8, (i & 0xff) | 1, 0, i >> 8, i & 0xff);
    publisher.stream.write(Uint8Array.from(sent));
    const got = bytesOf(await subscriber.take(5_000 * 8));
    const numbers = Array.from({ length: 5_000 }, (_, i) => (got[i * 8 + 6]! << 8) | got[i * 8 + 7]!);
    expect(numbers.every((value, i) => value === i)).toBe(true);
    expect((await publisher.take(5_000 * 4)).slice(-11)).toBe('40 02 13 87');
  });

  it('holds no more than its bounds for a client that does not read', async () => {
    const { broker, listener } = await listening({ qos0QueuedBytesMax: 1_000_000 });
    const { stream, send, take } = await client(listener);
    send(connect(), subscribe(1, 't'));
    await take(5 + 6);
    stream.pause();
    const payload = 'x'.repeat(100_000);
    let sentCount = 0;
    while (broker.counts.messagesDroppedSlow === 0) {
      broker.publish({ topic: 't', payload });
      sentCount += 1;
      await turns(2);
    }
    expect(sentCount).toBeLessThan(1_000);
    stream.resume();
    const length = 1 + 3 + 3 + 1 + 100_000;
    for (let i = 1; i < sentCount; i += 1) expect((await take(length)).slice(0, 5)).toBe('30 a4');
    expect(broker.counts.messagesSent).toBe(sentCount - 1);
  });

  it('serves MQTT.js', async () => {
    const { broker, listener } = await listening();
    const options = { protocolVersion: 5, clientId: 'js', reconnectPeriod: 0, ...tlsClientOptions() } as const;
    const js = await mqtt.connectAsync(listener.url, options);
    const message = new Promise((resolve) => js.once('message', (_, payload) => resolve(payload.toString())));
    await js.subscribeAsync('t', { qos: 1 });
    broker.publish({ topic: 't', payload: 'hello', qos: 1 });
    expect(await message).toBe('hello');
    await js.endAsync();
  });
});

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
