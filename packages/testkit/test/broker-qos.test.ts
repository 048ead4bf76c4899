import { describe, expect, it } from 'vitest';
import {
  CONNACK_PRESENT,
  connect as connectBytes,
  publish,
  sessionExpiry,
  subscribe,
  testBroker,
  type ConnectBytes,
  type RawClient,
} from './broker-helpers.ts';

const lasting: ConnectBytes = { flags: '00', properties: [sessionExpiry(600)] };

/** A client with a session that lasts, subscribed to `#` at QoS 2. */
async function subscribed(properties: string[] = []) {
  const test = testBroker();
  const options = { ...lasting, properties: [...lasting.properties!, ...properties] };
  const client = await test.connect(options);
  await client.ask(subscribe(1, '#', '02'));
  /** Cuts the connection, or whatever is left of it, and opens the next one; its CONNACK has been taken. */
  const again = async (old: RawClient, more: ConnectBytes = options) => {
    await old.cut();
    const { client: next, link } = test.open();
    const [connack, ...rest] = await next.ask(connectBytes(more));
    expect(connack).toBe(CONNACK_PRESENT);
    next.keep(rest);
    return { client: next, link };
  };
  return { ...test, client, again };
}

describe('MemoryBroker: QoS 1 and 2 from a client', () => {
  it('acknowledges QoS 1, and says where nobody subscribes [MQTT-4.3.2-4]', async () => {
    const { connect } = testBroker();
    const client = await connect();
    expect(await client.ask(publish('t', 'x', { first: '32', id: 10 }))).toEqual(['40 03 00 0a 10']);
    await client.ask(subscribe(1, 't'));
    expect(await client.ask(publish('t', 'x', { first: '32', id: 10 }))).toEqual(['40 02 00 0a', publish('t', 'x')]);
  });

  it('takes the same identifier with DUP for a new QoS 1 message [MQTT-4.3.2-5]', async () => {
    const { broker, connect } = testBroker();
    const client = await connect();
    await client.ask(publish('t', 'x', { first: '32', id: 10 }), publish('t', 'x', { first: '3a', id: 10 }));
    expect(broker.counts.messagesReceived).toBe(2);
  });

  it('takes a QoS 2 message over once [MQTT-4.3.3-8] [MQTT-4.3.3-10] [MQTT-4.3.3-11] [MQTT-4.3.3-12]', async () => {
    const { broker, connect } = testBroker();
    const subscriber = await connect({ clientId: 's' });
    await subscriber.ask(subscribe(1, 't'));
    const client = await connect();
    expect(await client.ask(publish('t', 'x', { first: '34', id: 10 }))).toEqual(['50 02 00 0a']);
    expect(await client.ask(publish('t', 'x', { first: '3c', id: 10 }))).toEqual(['50 02 00 0a']);
    // Without DUP it is the same message still: only PUBREL frees the identifier.
    expect(await client.ask(publish('t', 'x', { first: '34', id: 10 }))).toEqual(['50 02 00 0a']);
    expect(await subscriber.take()).toEqual([publish('t', 'x')]);
    expect(broker.session('c')?.receivedCount).toBe(1);
    expect(await client.ask('62 02 00 0a')).toEqual(['70 02 00 0a']);
    expect(await client.ask('62 02 00 0a')).toEqual(['70 03 00 0a 92']);
    expect(await client.ask(publish('t', 'y', { first: '34', id: 10 }))).toEqual(['50 02 00 0a']);
    expect(await subscriber.take()).toEqual([publish('t', 'y')]);
  });

  it('says in PUBREC that nobody subscribes', async () => {
    const { connect } = testBroker();
    const client = await connect();
    expect(await client.ask(publish('t', 'x', { first: '34', id: 10 }), '62 02 00 0a')).toEqual([
      '50 03 00 0a 10',
      '70 02 00 0a',
    ]);
  });

  it('takes a QoS 2 message over once across connections [MQTT-4.3.3-10]', async () => {
    const { broker, connect } = testBroker();
    const client = await connect(lasting);
    await client.ask(publish('t', 'x', { first: '34', id: 10 }), publish('t', 'y', { first: '34', id: 11 }));
    await client.cut();
    const back = await connect(lasting);
    expect(await back.ask('62 02 00 0b', publish('t', 'x', { first: '3c', id: 10 }), '62 02 00 0a')).toEqual([
      '70 02 00 0b',
      '50 02 00 0a',
      '70 02 00 0a',
    ]);
    expect(broker.counts.messagesReceived).toBe(2);
  });

  it('refuses an identifier that an open QoS 2 exchange holds with 0x91', async () => {
    const { connect } = testBroker();
    const client = await connect();
    await client.ask(publish('t', 'x', { first: '34', id: 10 }));
    expect(await client.ask(publish('t', 'x', { first: '32', id: 10 }))).toEqual(['40 03 00 0a 91']);
    expect(await client.ask(subscribe(10, 't'))).toEqual(['90 04 00 0a 00 91']);
    expect(await client.ask('a2 06 00 0a 00 00 01 74')).toEqual(['b0 04 00 0a 00 91']);
    expect(await client.ask(publish('t', 'x'))).toEqual([]);
  });

  it('acknowledges in the order of arrival', async () => {
    const { connect } = testBroker();
    const client = await connect();
    const sent = [5, 3, 9].map((id) => publish('t', 'x', { first: '32', id }));
    expect(await client.ask(...sent)).toEqual(['40 03 00 05 10', '40 03 00 03 10', '40 03 00 09 10']);
  });
});

describe('MemoryBroker: QoS 1 and 2 to a client', () => {
  it('numbers them with identifiers of its own, and keeps their order [MQTT-2.2.1-4] [MQTT-4.6.0-5]', async () => {
    const { broker, client } = await subscribed();
    for (const [i, qos] of ([1, 2, 0, 1] as const).entries()) broker.publish({ topic: 't', payload: `${i}`, qos });
    expect(await client.take()).toEqual([
      publish('t', '0', { first: '32', id: 1 }),
      publish('t', '1', { first: '34', id: 2 }),
      publish('t', '2'),
      publish('t', '3', { first: '32', id: 3 }),
    ]);
    expect(broker.session('c')?.openCount).toBe(3);
    // PUBREC is answered by PUBREL [MQTT-4.3.3-4]; the other answers by nothing.
    expect(await client.ask('40 02 00 03', '50 02 00 02', '40 03 00 01 00')).toEqual(['62 02 00 02']);
    expect(broker.session('c')?.openCount).toBe(1);
    expect(await client.ask('70 02 00 02')).toEqual([]);
    expect(broker.session('c')?.openCount).toBe(0);
  });

  it('answers a PUBREC that comes again, and one for an unknown identifier', async () => {
    const { broker, client } = await subscribed();
    broker.publish({ topic: 't', payload: 'x', qos: 2 });
    await client.take();
    expect(await client.ask('50 02 00 01', '50 02 00 01')).toEqual(['62 02 00 01', '62 02 00 01']);
    expect(await client.ask('50 02 00 07')).toEqual(['62 03 00 07 92']);
  });

  it('gives a message up that the client refuses', async () => {
    const { broker, client } = await subscribed();
    broker.publish({ topic: 't', payload: 'x', qos: 1 });
    broker.publish({ topic: 't', payload: 'x', qos: 2 });
    await client.take();
    expect(await client.ask('40 03 00 01 97', '50 03 00 02 87')).toEqual([]);
    expect(broker.session('c')?.openCount).toBe(0);
  });

  it('tolerates an acknowledgement of something that is not open', async () => {
    const { client } = await subscribed();
    expect(await client.ask('40 02 00 09', '70 02 00 09', 'c0 00')).toEqual(['d0 00']);
  });

  it.each([
    ['PUBACK for QoS 2', ['40 02 00 02']],
    ['PUBREC for QoS 1', ['50 02 00 01']],
    ['PUBCOMP for QoS 1', ['70 02 00 01']],
    ['PUBCOMP before PUBREC', ['70 02 00 02']],
    ['PUBACK after PUBREC', ['50 02 00 02', '40 02 00 02']],
  ])('disconnects for %s [MQTT-4.3.2-3] [MQTT-4.3.3-3]', async (_, packets) => {
    const { broker, client } = await subscribed();
    broker.publish({ topic: 't', payload: 'x', qos: 1 });
    broker.publish({ topic: 't', payload: 'x', qos: 2 });
    await client.take();
    expect((await client.ask(...packets)).at(-1)).toBe('e0 01 82');
  });

  it('skips identifiers that are in use, and begins again behind 65,535 [MQTT-4.3.2-1]', async () => {
    const { broker, client } = await subscribed(['21 04 00']);
    broker.publish({ topic: 'stays', qos: 1 });
    expect(await client.take()).toEqual([publish('stays', '', { first: '32', id: 1 })]);
    const seen: string[] = [];
    for (let round = 0; round < 66; round += 1) {
      for (let i = 0; i < 1_000; i += 1) broker.publish({ topic: 't', qos: 1 });
      for (let packets = await client.take(); packets.length > 0;) {
        const ids = packets.map((bytes) => bytes.slice(15, 20));
        seen.push(...ids);
        packets = await client.ask(...ids.map((id) => `40 02 ${id}`));
      }
    }
    expect(seen).toHaveLength(66_000);
    expect(seen[65_533]).toBe('ff ff');
    expect(seen[65_534]).toBe('00 02');
    expect(seen).not.toContain('00 01');
  });
});

describe('MemoryBroker: resuming', () => {
  it('sends again what was not answered, in its order, with DUP and before anything new [MQTT-4.4.0-1] [MQTT-3.3.1-1]', async () => {
    const { broker, client, again } = await subscribed();
    for (const [i, qos] of ([1, 2, 2, 1, 0] as const).entries()) broker.publish({ topic: 't', payload: `${i}`, qos });
    expect(await client.take()).toHaveLength(5);
    await client.ask('50 02 00 03', '40 02 00 01');
    await client.cut();
    broker.publish({ topic: 't', payload: 'new', qos: 1 });
    // Offline, QoS 0 waits for nobody.
    broker.publish({ topic: 't', payload: 'gone', qos: 0 });
    const { client: back } = await again(client);
    expect(await back.take()).toEqual([
      '62 02 00 03',
      publish('t', '1', { first: '3c', id: 2 }),
      publish('t', '3', { first: '3a', id: 4 }),
      publish('t', 'new', { first: '32', id: 5 }),
    ]);
    // After PUBREL the PUBLISH never comes again [MQTT-4.3.3-6].
    const { client: third } = await again(back);
    expect((await third.take()).map((bytes) => bytes.slice(0, 2))).toEqual(['62', '3c', '3a', '3a']);
    expect(await third.ask('70 02 00 03', '50 02 00 02', '40 02 00 04', '40 02 00 05')).toEqual(['62 02 00 02']);
    const { client: fourth } = await again(third);
    expect(await fourth.take()).toEqual(['62 02 00 02']);
  });

  it('repeats nothing on a live connection [MQTT-4.4.0-1]', async () => {
    const { time, broker, client } = await subscribed();
    broker.publish({ topic: 't', payload: 'x', qos: 1 });
    expect(await client.take()).toHaveLength(1);
    await time.advance(3_600_000);
    expect(await client.take()).toEqual([]);
  });

  it('sends PUBRELs again in the order of their PUBRECs', async () => {
    const { broker, client, again } = await subscribed();
    for (let i = 0; i < 3; i += 1) broker.publish({ topic: 't', qos: 2 });
    expect(await client.take()).toHaveLength(3);
    await client.ask('50 02 00 03', '50 02 00 01', '50 02 00 02');
    const { client: back } = await again(client);
    expect(await back.take()).toEqual(['62 02 00 03', '62 02 00 01', '62 02 00 02']);
  });

  it('sets DUP on all that the transport may have taken, and on nothing else', async () => {
    const { broker, open } = testBroker();
    const { client, link } = open({ capacityBytes: 64 });
    await client.ask(connectBytes(lasting), subscribe(1, '#', '02'));
    client.pause();
    for (const payload of ['x'.repeat(100), 'x'.repeat(100)]) broker.publish({ topic: 't', payload, qos: 1 });
    await client.take();
    // Both are lent to the write that waits for room; this one is not.
    broker.publish({ topic: 't', payload: 'later', qos: 1 });
    await client.take();
    expect(broker.session('c')).toMatchObject({ openCount: 2, queuedCount: 1 });
    link.reset();
    await client.take();
    const [connack, ...packets] = await open().client.ask(connectBytes(lasting));
    expect(connack).toBe(CONNACK_PRESENT);
    expect(packets.map((bytes) => bytes.slice(0, 2))).toEqual(['3a', '3a', '32']);
  });

  it('does not set DUP on a message behind the last byte that the transport took', async () => {
    const { broker, open, time } = testBroker();
    const { client, link } = open({ server: { writeMaxBytes: 1 } });
    await client.ask(connectBytes(lasting), subscribe(1, '#', '02'));
    // Two packets of 9 bytes, and the stream breaks right between them.
    link.toClient.cutAfter(link.toClient.writtenBytes + 9);
    broker.publish({ topic: 't', payload: '1', qos: 1 });
    broker.publish({ topic: 't', payload: '2', qos: 1 });
    await time.settle();
    expect(broker.clientIds).toEqual([]);
    expect(await open().client.ask(connectBytes(lasting))).toEqual([
      CONNACK_PRESENT,
      '3a 07 00 01 74 00 01 00 31',
      '32 07 00 01 74 00 02 00 32',
    ]);
  });

  it('forgets everything for Clean Start 1 [MQTT-3.1.2-4]', async () => {
    const { broker, client, open } = await subscribed();
    broker.publish({ topic: 't', qos: 1 });
    await client.take();
    await client.cut();
    expect(await open().client.ask(connectBytes({ flags: '02' }))).toEqual(['20 03 00 00 00']);
    expect(broker.session('c')).toMatchObject({ subscriptions: [], queuedCount: 0, openCount: 0 });
  });
});

describe("MemoryBroker: the client's Receive Maximum", () => {
  it('is never exceeded, and holds back nothing else [MQTT-3.3.4-9] [MQTT-3.3.4-10]', async () => {
    const { broker, client } = await subscribed(['21 00 02']);
    for (let i = 1; i <= 5; i += 1) broker.publish({ topic: 't', payload: `${i}`, qos: i % 2 === 0 ? 2 : 1 });
    broker.publish({ topic: 't', payload: 'q0' });
    expect(await client.take()).toEqual([
      publish('t', '1', { first: '32', id: 1 }),
      publish('t', '2', { first: '34', id: 2 }),
      publish('t', 'q0'),
    ]);
    expect(await client.ask('c0 00', publish('x', 'y', { first: '32', id: 1 }))).toEqual(['d0 00', '40 02 00 01']);
    expect(broker.session('c')).toMatchObject({ openCount: 2, queuedCount: 4 });
    // PUBREC frees no place, PUBCOMP does [MQTT-4.9.0-1].
    expect(await client.ask('50 02 00 02')).toEqual(['62 02 00 02']);
    expect(await client.ask('70 02 00 02')).toEqual([publish('t', '3', { first: '32', id: 3 })]);
    expect(await client.ask('40 02 00 01', '40 02 00 03')).toHaveLength(2);
  });

  it('is freed by a refusal, and by nothing that is not open', async () => {
    const { broker, client } = await subscribed(['21 00 01']);
    for (let i = 1; i <= 3; i += 1) broker.publish({ topic: 't', payload: `${i}`, qos: 2 });
    expect(await client.take()).toEqual([publish('t', '1', { first: '34', id: 1 })]);
    expect(await client.ask('40 02 00 09', '70 02 00 08')).toEqual([]);
    expect(await client.ask('50 03 00 01 80')).toEqual([publish('t', '2', { first: '34', id: 2 })]);
    expect(await client.ask('50 03 00 01 80')).toEqual([]);
  });

  it('holds after a resume too, where a smaller one sends in batches and a PUBREL keeps its place [MQTT-4.9.0-2]', async () => {
    const { broker, client, again } = await subscribed();
    for (let i = 1; i <= 4; i += 1) broker.publish({ topic: 't', payload: `${i}`, qos: 2 });
    await client.take();
    await client.ask('50 02 00 02');
    broker.publish({ topic: 't', payload: 'q0' });
    const { client: back } = await again(client, { ...lasting, properties: [...lasting.properties!, '21 00 02'] });
    broker.publish({ topic: 't', payload: 'q1' });
    expect(await back.take()).toEqual(['62 02 00 02', publish('t', '1', { first: '3c', id: 1 }), publish('t', 'q1')]);
    expect(await back.ask('70 02 00 02')).toEqual([publish('t', '3', { first: '3c', id: 3 })]);
    expect(await back.ask('50 02 00 01', '70 02 00 01')).toEqual([
      '62 02 00 01',
      publish('t', '4', { first: '3c', id: 4 }),
    ]);
  });
});

describe("MemoryBroker: the client's Maximum Packet Size", () => {
  it('drops what is larger, as if it had been delivered [MQTT-3.1.2-24] [MQTT-3.1.2-25]', async () => {
    const { broker, client } = await subscribed(['27 00 00 00 0a']);
    const sent: [string, 0 | 1 | 2][] = [
      ['1234', 0],
      ['12345', 0],
      ['12', 1],
      ['123', 1],
      ['1234', 2],
      ['', 2],
    ];
    for (const [payload, qos] of sent) broker.publish({ topic: 't', payload, qos });
    expect(await client.take()).toEqual([
      publish('t', '1234'),
      publish('t', '12', { first: '32', id: 1 }),
      publish('t', '', { first: '34', id: 2 }),
    ]);
    expect(broker.counts.messagesDroppedTooLarge).toBe(3);
    expect(broker.session('c')).toMatchObject({ openCount: 2, queuedCount: 0 });
  });

  it('drops what no longer fits after a resume, and goes on behind it', async () => {
    const { broker, client, again } = await subscribed();
    for (const payload of ['1', 'too large for that', '3']) broker.publish({ topic: 't', payload, qos: 1 });
    await client.take();
    const { client: back } = await again(client, {
      ...lasting,
      properties: [...lasting.properties!, '27 00 00 00 0a'],
    });
    expect(await back.take()).toEqual([
      publish('t', '1', { first: '3a', id: 1 }),
      publish('t', '3', { first: '3a', id: 3 }),
    ]);
    expect(broker.session('c')?.openCount).toBe(2);
  });
});
