import { describe, expect, it } from 'vitest';
import type { Answers } from '@minimq/testkit';
import {
  CONNACK,
  bytesOf,
  connect as connectBytes,
  hexOf,
  packet,
  publish,
  sessionExpiry,
  subscribe,
  testBroker,
  text,
  varint,
} from './broker-helpers.ts';

describe.each<Answers>(['at-once', 'microtask', 'turn'])('MemoryBroker over a stream that answers %s', (answers) => {
  it('serves an exchange in pieces of one byte, both ways', async () => {
    const { open, broker } = testBroker();
    const { client } = open({ answers, server: { readMaxBytes: 1, writeMaxBytes: 1 } });
    const sent = [
      connectBytes(),
      subscribe(1, 't', '02'),
      publish('t', 'hello', { first: '34', id: 1 }),
      '62 02 00 01',
    ];
    const [connack, ...packets] = await client.ask(...sent);
    expect(connack).toBe(CONNACK);
    expect(packets.sort()).toEqual([
      publish('t', 'hello', { first: '34', id: 1 }),
      '50 02 00 01',
      '70 02 00 01',
      '90 04 00 01 00 02',
    ]);
    expect(await client.ask('50 02 00 01', '70 02 00 01')).toEqual(['62 02 00 01']);
    expect(broker.counts).toMatchObject({ bytesReceived: 50, bytesSent: 36, packetsReceived: 6, packetsSent: 6 });
    expect(await client.ask('36 00')).toEqual(['e0 01 81']);
    expect(client.ended).toBe('end');
  });

  it('takes a message of 300 kB and gives it on', async () => {
    const { open } = testBroker();
    const { client } = open({ answers });
    await client.ask(connectBytes(), subscribe(1, 't'));
    const payload = Array.from({ length: 300_000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
    const packets = await client.ask(publish('t', payload), 'c0 00');
    expect(packets).toHaveLength(2);
    expect(packets).toContain('d0 00');
    // Not as one assertion, whose message would be a book.
    expect(packets.includes(publish('t', payload))).toBe(true);
  });

  it('loses and doubles nothing of 10,000 messages of QoS 1 and 2 to a client that is busy now and then', async () => {
    const { open, time } = testBroker();
    const { client } = open({ answers });
    await client.ask(connectBytes({ properties: ['21 00 64'] }), subscribe(1, 't', '02'));
    const publisher = open({ answers }).client;
    await publisher.ask(connectBytes({ clientId: 'p' }));
    const seen: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const burst: string[] = [];
      for (let i = 0; i < 500; i += 1) {
        const qos = 1 + (i % 2);
        burst.push(publish('t', `${round * 500 + i}`, { first: qos === 1 ? '32' : '34', id: i + 1 }));
      }
      if (round % 3 === 0) client.pause();
      const acks = await publisher.ask(...burst);
      await publisher.ask(...acks.filter((ack) => ack.startsWith('50')).map((ack) => ack.replace('50', '62')));
      client.resume();
      for (let got = await client.take(); got.length > 0;) {
        const replies: string[] = [];
        for (const bytes of got) {
          if (bytes.startsWith('62')) replies.push(bytes.replace('62', '70'));
          else {
            const id = bytes.slice(15, 20);
            seen.push(Buffer.from(bytes.slice(24).replaceAll(' ', ''), 'hex').toString());
            replies.push(`${bytes.startsWith('32') ? '40' : '50'} 02 ${id}`);
          }
        }
        got = await client.ask(...replies);
      }
    }
    await time.settle();
    expect(seen).toEqual(Array.from({ length: 10_000 }, (_, i) => `${i}`));
  });
});

describe('MemoryBroker: writing', () => {
  it('writes all packets of one turn at once', async () => {
    const { open, time } = testBroker();
    const { client, link } = open();
    await client.ask(connectBytes(), subscribe(1, 't', '01'));
    const writes: string[] = [];
    link.tap((event) => {
      if (event.kind === 'written' && event.direction === 'toClient') writes.push(hexOf(event.bytes));
    });
    await client.send('c0 00', publish('t', 'a', { first: '32', id: 1 }), publish('t', 'b'), 'c0 00');
    await time.settle();
    expect(writes).toEqual([
      `d0 00 40 02 00 01 d0 00 ${publish('t', 'a', { first: '32', id: 1 })} ${publish('t', 'b')}`,
    ]);
  });

  it('sends CONNACK before what waits for the session [MQTT-3.2.0-1]', async () => {
    const { broker, open, connect } = testBroker();
    const options = { flags: '00', properties: [sessionExpiry(60)] };
    const client = await connect(options);
    await client.ask(subscribe(1, 't', '01'));
    await client.cut();
    broker.publish({ topic: 't', qos: 1 });
    const packets = await open().client.ask(connectBytes(options), 'c0 00');
    expect(packets.map((bytes) => bytes.slice(0, 2))).toEqual(['20', 'd0', '32']);
  });
});

describe('MemoryBroker: a client that does not read', () => {
  it('gets QoS 0 up to a bound, and the rest is dropped and counted', async () => {
    const { broker, connect, time } = testBroker({ qos0QueuedBytesMax: 10_000 });
    const client = await connect({}, { capacityBytes: 1_000 });
    await client.ask(subscribe(1, 't'));
    client.pause();
    const payload = 'x'.repeat(999);
    for (let i = 0; i < 300; i += 1) {
      broker.publish({ topic: 't', payload });
      await time.settle();
    }
    const { messagesDroppedSlow } = broker.counts;
    // 1,000 bytes in the link, a batch that waits for it, 64 KiB of the next one at most, and 10,000 in the queue.
    expect(300 - messagesDroppedSlow).toBeLessThan(1 + 1 + 66 + 11);
    expect(messagesDroppedSlow).toBeGreaterThan(0);
    client.resume();
    expect(await client.take()).toHaveLength(300 - messagesDroppedSlow);
    broker.publish({ topic: 't', payload });
    expect(await client.take()).toHaveLength(1);
  });

  it('gets QoS 1 as far as its Receive Maximum goes; the rest waits in its queue', async () => {
    const { broker, connect, time } = testBroker({ queuedMessagesMax: 100 });
    const client = await connect({ properties: ['21 00 05'] }, { capacityBytes: 50 });
    await client.ask(subscribe(1, 't', '01'));
    client.pause();
    for (let i = 0; i < 10; i += 1) broker.publish({ topic: 't', payload: 'x'.repeat(100), qos: 1 });
    await time.settle();
    expect(broker.session('c')).toMatchObject({ openCount: 5, queuedCount: 5 });
    for (let i = 0; i < 100; i += 1) broker.publish({ topic: 't', qos: 1 });
    await time.settle();
    expect(broker.session('c')).toMatchObject({ openCount: 5, queuedCount: 100 });
    expect(broker.counts.messagesDroppedQueueFull).toBe(5);
  });

  it('is not read from any more when its answers fill the way to it', async () => {
    const { broker, open, time } = testBroker();
    const { client, link } = open({ capacityBytes: 1_000 });
    await client.ask(connectBytes());
    client.pause();
    // 200,000 PINGREQs want 400,000 bytes of answers.
    let sentBytes = 0;
    const sending = (async () => {
      const pings = new Uint8Array(1_000).map((_, i) => (i % 2 === 0 ? 0xc0 : 0));
      for (let i = 0; i < 400; i += 1) sentBytes += await client.io.write(pings);
    })();
    await time.settle();
    expect(sentBytes).toBeLessThan(400_000);
    expect(broker.counts.bytesReceived).toBeLessThan(2 * 128 * 1024 + 2 * 16 * 1024);
    expect(link.toServer.inFlightBytes).toBe(1_000);
    // Reading on, it gets the answer to each of them.
    client.resume();
    expect(await client.take()).toHaveLength(200_000);
    await sending;
    expect(client.ended).toBeUndefined();
  });

  it('still has its PINGREQs answered while messages wait for it', async () => {
    const { time, broker, connect } = testBroker();
    const client = await connect({ keepAlive: 10 }, { capacityBytes: 100 });
    await client.ask(subscribe(1, 't', '00'));
    client.pause();
    for (let i = 0; i < 1_000; i += 1) broker.publish({ topic: 't', payload: 'x'.repeat(1_000) });
    for (let minute = 0; minute < 60; minute += 1) {
      await client.send('c0 00');
      await time.advance(10_000);
    }
    expect(client.ended).toBeUndefined();
    client.resume();
    const packets = await client.take();
    expect(packets.filter((bytes) => bytes === 'd0 00')).toHaveLength(60);
    expect(packets).toHaveLength(60 + 1_000);
  });

  it('does not hold up the others', async () => {
    const { broker, connect } = testBroker();
    const slow = await connect({ clientId: 'slow' }, { capacityBytes: 10 });
    const fast = await connect({ clientId: 'fast' });
    await slow.ask(subscribe(1, 't'));
    await fast.ask(subscribe(1, 't'));
    slow.pause();
    for (let i = 0; i < 100; i += 1) broker.publish({ topic: 't', payload: `${i}` });
    expect(await fast.take()).toHaveLength(100);
  });

  it('is closed all the same, when it has been given time for its DISCONNECT [MQTT-4.13.2-1]', async () => {
    const { time, open } = testBroker({ closeTimeoutMs: 3_000 });
    const { client, connection, link } = open({ capacityBytes: 10 });
    await client.ask(connectBytes());
    client.pause();
    await client.ask(...Array<string>(20).fill('c0 00'));
    await client.send('36 00');
    await time.advance(2_999);
    expect(link.toClient.isEnded).toBe(false);
    await time.advance(1);
    expect(link.toClient.isEnded).toBe(true);
    expect(await connection.closed).toMatchObject({ by: 'broker', reasonCode: 0x81 });
    expect(time.pending).toEqual([]);
  });

  it('gets its DISCONNECT behind what was written before', async () => {
    const { open } = testBroker();
    const { client } = open({ capacityBytes: 10 });
    await client.ask(connectBytes());
    client.pause();
    await client.send(...Array<string>(20).fill('c0 00'), '36 00');
    const before = await client.take();
    client.resume();
    const all = [...before, ...(await client.take())];
    expect(all).toEqual([...Array<string>(20).fill('d0 00'), 'e0 01 81']);
    expect(client.ended).toBe('end');
  });
});

describe('MemoryBroker: a stream that misbehaves', () => {
  it.each([
    ['reads nothing but says so', { read: () => 9_999_999 }],
    ['reads a fraction', { read: () => 0.5 }],
    [
      'throws',
      {
        read: () => {
          throw new Error('x');
        },
      },
    ],
    ['rejects', { read: () => Promise.reject(new Error('x')) }],
  ])('is closed when it %s', async (_, wrong) => {
    const { broker } = testBroker();
    let closeCount = 0;
    const io = { write: () => 1, flush() {}, close: () => void (closeCount += 1), ...wrong };
    const end = await broker.accept(io).closed;
    expect(end).toEqual({ by: 'transport', error: expect.any(Error) as Error });
    expect(closeCount).toBe(1);
    expect(broker.connections).toEqual([]);
  });

  it.each([
    ['takes more than there is', () => 99],
    ['takes nothing', () => 0],
    [
      'throws',
      () => {
        throw new Error('x');
      },
    ],
    ['rejects', () => Promise.reject(new Error('x'))],
    ['takes too much later', () => Promise.resolve(99)],
  ])('is closed when it %s', async (_, write) => {
    const { broker } = testBroker();
    const io = { read: () => new Promise<number>(() => {}), write, flush() {}, close() {} };
    const { closed } = broker.accept(io, { received: bytesOf(connectBytes()) });
    expect(await closed).toEqual({ by: 'transport', error: expect.any(Error) as Error });
    expect(broker.sessions).toEqual([]);
  });

  it('is closed even where closing fails', async () => {
    const { broker } = testBroker();
    const io = {
      read: () => 0,
      write: () => 1,
      flush() {},
      close() {
        throw new Error('x');
      },
    };
    expect(await broker.accept(io).closed).toEqual({ by: 'transport', error: undefined });
  });
});

describe('MemoryBroker: reading', () => {
  it('lets others have their turn while one client sends without end, and then goes on', async () => {
    const { broker, open, time } = testBroker();
    const busy = open({ capacityBytes: 1_000_000 }).client;
    const other = open().client;
    await busy.ask(connectBytes({ clientId: 'busy' }));
    await other.ask(connectBytes({ clientId: 'other' }), subscribe(1, 'urgent'));
    const atOnce = broker.counts.messagesReceived;
    // 400,000 bytes in one write, and nothing to answer.
    await busy.send(
      publish('t', 'x')
        .concat(' ')
        .repeat(400_000 / 7),
    );
    const { messagesReceived } = broker.counts;
    expect(messagesReceived - atOnce).toBeLessThan(100_000 / 7);
    await time.settle();
    expect(broker.counts.messagesReceived).toBe(Math.floor(400_000 / 7));
  });
});

describe('MemoryBroker: memory', () => {
  it('allocates nothing by a declared length', async () => {
    const { connect, broker } = testBroker();
    const client = await connect();
    // A PUBLISH of 268 MB, of which two bytes come: nothing happens, and nothing has to.
    expect(await client.ask('30 ff ff ff 7f 00 01')).toEqual([]);
    expect(broker.clientIds).toEqual(['c']);
    // The same with a property block.
    const other = await connect({ clientId: 'o' });
    expect(await other.ask(packet('30', text('t'), varint(200_000)))).toEqual(['e0 01 81']);
  });
});
