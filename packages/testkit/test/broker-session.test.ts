import { describe, expect, it } from 'vitest';
import { ReasonCode } from '@minimq/core/codec';
import {
  CONNACK,
  CONNACK_PRESENT,
  block,
  connect as connectBytes,
  packet,
  publish,
  sessionExpiry,
  subscribe,
  testBroker,
  text,
  type ConnectBytes,
} from './broker-helpers.ts';

const resuming = (seconds: number): ConnectBytes => ({ flags: '00', properties: [sessionExpiry(seconds)] });

describe('MemoryBroker: sessions', () => {
  it('begins one where there is none, and resumes the one that there is [MQTT-3.1.2-5] [MQTT-3.1.2-6] [MQTT-3.2.2-3]', async () => {
    const { broker, open } = testBroker();
    const first = open().client;
    expect(await first.ask(connectBytes(resuming(60)), subscribe(1, 't', '01'))).toEqual([
      CONNACK,
      '90 04 00 01 00 01',
    ]);
    await first.cut();
    broker.publish({ topic: 't', payload: 'x', qos: 1 });
    expect(broker.sessions).toEqual([
      {
        clientId: 'c',
        isConnected: false,
        sessionExpiryInterval: 60,
        subscriptions: [{ topicFilter: 't', qos: 1, noLocal: false, retainAsPublished: false }],
        queuedCount: 1,
        openCount: 0,
        receivedCount: 0,
      },
    ]);
    const second = open().client;
    expect(await second.ask(connectBytes(resuming(60)))).toEqual([
      CONNACK_PRESENT,
      publish('t', 'x', { first: '32', id: 1 }),
    ]);
  });

  it('ends it with the connection where the interval is 0 or absent', async () => {
    const { broker, open } = testBroker();
    for (const options of [{ flags: '00' }, resuming(0)]) {
      const { client } = open();
      expect(await client.ask(connectBytes(options), subscribe(1, 't', '01'))).toEqual([CONNACK, '90 04 00 01 00 01']);
      await client.cut();
      expect(broker.sessions).toEqual([]);
      expect(broker.publish({ topic: 't' })).toBe(0);
    }
  });

  it('ends it when the interval has run out, counted from the loss of the connection [MQTT-4.1.0-2] [MQTT-3.1.2-23]', async () => {
    const { time, broker, connect, open } = testBroker();
    const client = await connect(resuming(60));
    await time.advance(1_000_000);
    await client.cut();
    await time.advance(59_999);
    expect(broker.session('c')?.isConnected).toBe(false);
    const back = open().client;
    expect(await back.ask(connectBytes(resuming(60)))).toEqual([CONNACK_PRESENT]);
    await time.advance(1_000_000);
    expect(broker.session('c')?.isConnected).toBe(true);
    await back.cut();
    await time.advance(59_999);
    expect(broker.session('c')?.isConnected).toBe(false);
    await time.advance(1);
    expect(broker.sessions).toEqual([]);
    expect(time.pending).toEqual([]);
    expect(await open().client.ask(connectBytes(resuming(60)))).toEqual([CONNACK]);
  });

  it('keeps it for ever for 4,294,967,295', async () => {
    const { time, connect, open } = testBroker();
    const client = await connect(resuming(0xffff_ffff));
    await client.cut();
    expect(time.pending).toEqual([]);
    time.jump(200 * 365 * 24 * 3_600_000);
    expect(await open().client.ask(connectBytes(resuming(1)))).toEqual([CONNACK_PRESENT]);
  });

  it('goes by the interval of the last CONNECT', async () => {
    const { time, broker, connect } = testBroker();
    await (await connect(resuming(600))).cut();
    await (await connect(resuming(5))).cut();
    await time.advance(5_000);
    expect(broker.sessions).toEqual([]);
  });

  it('goes by its own interval where it has one', async () => {
    const { time, broker, open } = testBroker({ sessionExpiryInterval: 5 });
    const { client } = open();
    expect(await client.ask(connectBytes())).toEqual(['20 08 00 00 05 11 00 00 00 05']);
    await client.cut();
    await time.advance(4_999);
    expect(broker.sessions).toHaveLength(1);
    await time.advance(1);
    expect(broker.sessions).toEqual([]);
  });

  it('takes another interval from DISCONNECT', async () => {
    const { time, broker, connect } = testBroker();
    const client = await connect(resuming(600));
    expect(await client.ask(packet('e0', '00', block(sessionExpiry(5))))).toEqual([]);
    expect(client.ended).toBe('end');
    await time.advance(4_999);
    expect(broker.session('c')?.sessionExpiryInterval).toBe(5);
    await time.advance(1);
    expect(broker.sessions).toEqual([]);
    const other = await connect(resuming(600));
    await other.ask(packet('e0', '00', block(sessionExpiry(0))));
    expect(broker.sessions).toEqual([]);
  });

  it('takes no interval from DISCONNECT where CONNECT had none', async () => {
    const { broker, connect } = testBroker();
    const client = await connect({ flags: '00' });
    expect(await client.ask(packet('e0', '00', block(sessionExpiry(5))))).toEqual(['e0 01 82']);
    expect(broker.sessions).toEqual([]);
    const other = await connect({ flags: '00' });
    expect(await other.ask(packet('e0', '00', block(sessionExpiry(0))))).toEqual([]);
  });

  it('forgets it for Clean Start 1 [MQTT-3.1.2-4]', async () => {
    const { broker, connect, open } = testBroker();
    const client = await connect(resuming(60));
    await client.ask(subscribe(1, 't', '01'));
    await client.cut();
    expect(await open().client.ask(connectBytes({ flags: '02' }))).toEqual([CONNACK]);
    expect(broker.publish({ topic: 't' })).toBe(0);
  });

  it('keeps the sessions of different clients apart [MQTT-3.1.3-2]', async () => {
    const { broker, connect } = testBroker();
    const one = await connect({ ...resuming(60), clientId: 'one' });
    await one.ask(subscribe(1, 't', '01'));
    await one.cut();
    const two = await connect({ ...resuming(60), clientId: 'two' });
    broker.publish({ topic: 't', payload: 'x', qos: 1 });
    expect(await two.take()).toEqual([]);
    expect(broker.clientIds).toEqual(['two']);
  });

  it('passes to the new connection of its client, and the old one is told [MQTT-3.1.4-3]', async () => {
    const { broker, connect, open } = testBroker();
    const old = await connect(resuming(60));
    await old.ask(subscribe(1, 't', '01'));
    const { client, connection } = open();
    expect(await client.ask(connectBytes(resuming(60)))).toEqual([CONNACK_PRESENT]);
    expect(await old.take()).toEqual(['e0 01 8e']);
    expect(old.ended).toBe('end');
    broker.publish({ topic: 't', payload: 'x', qos: 1 });
    expect(await client.take()).toEqual([publish('t', 'x', { first: '32', id: 1 })]);
    expect(broker.connections).toEqual([connection]);
    expect(broker.connection('c')).toBe(connection);
  });

  it('ends with the old connection where its interval is 0', async () => {
    const { connect, open } = testBroker();
    const old = await connect({ flags: '00' });
    expect(await open().client.ask(connectBytes({ flags: '00' }))).toEqual([CONNACK]);
    expect(await old.take()).toEqual(['e0 01 8e']);
  });

  it('leaves the old connection alone until the new one has been let in', async () => {
    const { connect, open } = testBroker({
      authenticate: ({ username }) => (username === undefined ? ReasonCode.success : ReasonCode.banned),
    });
    const old = await connect(resuming(60));
    expect(await open().client.ask(connectBytes({ flags: '80', rest: [text('u')] }))).toEqual(['20 03 00 8a 00']);
    expect(await old.ask('c0 00')).toEqual(['d0 00']);
  });

  it('queues no more than its bounds for a client that is away, and counts the rest', async () => {
    const { broker, connect } = testBroker({ queuedMessagesMax: 3, queuedBytesMax: 20 });
    const client = await connect(resuming(60));
    await client.ask(subscribe(1, '#', '02'));
    await client.cut();
    for (const payload of '12345') broker.publish({ topic: 't', payload, qos: 1 });
    expect(broker.counts.messagesDroppedQueueFull).toBe(2);
    const back = await connect(resuming(60));
    expect((await back.take()).map((bytes) => bytes.slice(-2))).toEqual(['31', '32', '33']);
    await back.ask('40 02 00 01', '40 02 00 02', '40 02 00 03');
    await back.cut();
    broker.publish({ topic: 't', payload: 'x'.repeat(30), qos: 2 });
    broker.publish({ topic: 't', payload: 'y', qos: 2 });
    expect(broker.session('c')?.queuedCount).toBe(1);
    expect(broker.counts.messagesDroppedQueueFull).toBe(3);
  });
});

describe('MemoryBroker: DISCONNECT', () => {
  it('closes the connection and sends nothing more [MQTT-3.14.4-1]', async () => {
    const { broker, connect } = testBroker();
    const client = await connect(resuming(60));
    await client.ask(subscribe(1, 't'));
    expect(await client.ask('e0 00', publish('t', 'x'), 'c0 00')).toEqual([]);
    expect(client.ended).toBe('end');
    expect(broker.counts.messagesReceived).toBe(0);
  });

  it('tells who ended a connection, and how', async () => {
    const { open } = testBroker();
    const one = open();
    await one.client.ask(connectBytes(), 'e0 01 04');
    expect(await one.connection.closed).toEqual({ by: 'client', reasonCode: 4 });
    const two = open();
    await two.client.ask(connectBytes());
    two.link.reset(new Error('lost'));
    expect(await two.connection.closed).toEqual({ by: 'transport', error: new Error('lost') });
    const three = open();
    await three.client.ask(connectBytes());
    await three.client.cut();
    expect(await three.connection.closed).toEqual({ by: 'transport', error: undefined });
    const four = open();
    await four.client.ask(connectBytes());
    const properties = { serverReference: 'h', userProperties: [['a', 'b']] as const };
    const end = await four.connection.disconnect({ reasonCode: ReasonCode.serverMoved, properties });
    expect(end).toEqual({ by: 'broker', reasonCode: 0x9d });
    expect(await four.client.take()).toEqual(['e0 0d 9d 0b 1c 00 01 68 26 00 01 61 00 01 62']);
    const five = open();
    await five.client.ask(connectBytes());
    expect(await five.connection.cut()).toEqual({ by: 'broker' });
    expect(await five.client.take()).toEqual([]);
    expect(five.client.ended).toBe('end');
  });
});

describe('MemoryBroker: wills', () => {
  interface WillBytes extends ConnectBytes {
    /** Seconds. */
    readonly delay?: number;
    readonly willProperties?: readonly string[];
  }

  /** CONNECT of `c` with a will on `w`. The flags hold Will, and QoS 0 unless something else is said. */
  function withWill({
    flags = '06',
    delay,
    willProperties = [],
    properties = [sessionExpiry(60)],
  }: WillBytes = {}): ConnectBytes {
    const all = delay === undefined ? willProperties : [`18 ${delay.toString(16).padStart(8, '0')}`, ...willProperties];
    return { flags, properties, rest: [block(...all), text('w'), '00 03 62 79 65'] };
  }
  const WILL = '30 07 00 01 77 00 62 79 65';

  async function watched(options: ConnectBytes = withWill()) {
    const test = testBroker();
    const watcher = await test.connect({ clientId: 'watcher' });
    await watcher.ask(subscribe(1, 'w', '02'));
    const client = await test.connect(options);
    return { ...test, watcher, client };
  }

  it('publishes it when the connection is lost [MQTT-3.1.2-8] [MQTT-3.1.2-14]', async () => {
    const { broker, watcher, client } = await watched();
    expect(await watcher.take()).toEqual([]);
    await client.cut();
    expect(await watcher.take()).toEqual([WILL]);
    expect(broker.retained).toEqual([]);
  });

  it.each([
    ['DISCONNECT with a will', 'e0 01 04'],
    ['DISCONNECT with an error', 'e0 01 80'],
    ['a protocol error', '36 05 00 01 74 00 00'],
  ])('publishes it for %s', async (_, bytes) => {
    const { watcher, client } = await watched();
    await client.send(bytes);
    expect(await watcher.take()).toEqual([WILL]);
  });

  it('publishes it when the keep alive has run out', async () => {
    const { time, watcher } = await watched({ ...withWill(), keepAlive: 10 });
    await time.advance(15_000);
    expect(await watcher.take()).toEqual([WILL]);
  });

  it('drops it for a normal DISCONNECT [MQTT-3.14.4-3] [MQTT-3.1.2-10]', async () => {
    const { time, watcher, client } = await watched(withWill({ delay: 5 }));
    await client.send('e0 00');
    await time.advance(100_000);
    expect(await watcher.take()).toEqual([]);
  });

  it('publishes it once only', async () => {
    const { connect, watcher, client } = await watched();
    await client.cut();
    expect(await watcher.take()).toEqual([WILL]);
    await (await connect(resuming(60))).cut();
    expect(await watcher.take()).toEqual([]);
  });

  it('publishes it with its QoS, RETAIN and properties, but without Will Delay [MQTT-3.1.2-15] [MQTT-3.1.3-10]', async () => {
    const willProperties = ['26 00 01 62 00 01 31', '26 00 01 61 00 01 32', '03 00 01 6a', '01 01'];
    const { broker, watcher, client } = await watched(withWill({ flags: '36', delay: 0, willProperties }));
    await client.cut();
    expect(await watcher.take()).toEqual([publish('w', 'bye', { first: '34', id: 1, properties: willProperties })]);
    expect(broker.retained.map(({ topic }) => topic)).toEqual(['w']);
  });

  it('holds it back for the delay [MQTT-3.1.2-8]', async () => {
    const { time, watcher, client } = await watched(withWill({ delay: 5 }));
    await client.cut();
    await time.advance(4_999);
    expect(await watcher.take()).toEqual([]);
    await time.advance(1);
    expect(await watcher.take()).toEqual([WILL]);
  });

  it('drops it where the client is back before the delay is over [MQTT-3.1.3-9]', async () => {
    const { time, connect, watcher, client } = await watched(withWill({ delay: 5 }));
    await client.cut();
    await time.advance(4_000);
    await connect(resuming(60));
    await time.advance(100_000);
    expect(await watcher.take()).toEqual([]);
  });

  it('publishes it at the end of the session, if that comes first', async () => {
    const { time, watcher, client } = await watched(withWill({ delay: 50, properties: [sessionExpiry(10)] }));
    await client.cut();
    await time.advance(9_999);
    expect(await watcher.take()).toEqual([]);
    await time.advance(1);
    expect(await watcher.take()).toEqual([WILL]);
    await time.advance(100_000);
    expect(await watcher.take()).toEqual([]);
  });

  it('publishes it at once where the session ends with the connection', async () => {
    const { watcher, client } = await watched(withWill({ delay: 50, properties: [] }));
    await client.cut();
    expect(await watcher.take()).toEqual([WILL]);
  });

  it('publishes it where Clean Start 1 ends the session', async () => {
    const { connect, watcher, client } = await watched(withWill({ delay: 50 }));
    await client.cut();
    await connect({ flags: '02' });
    expect(await watcher.take()).toEqual([WILL]);
  });

  it.each([
    ['publishes', undefined, '00', [WILL]],
    ['publishes', 50, '02', [WILL]],
    ['drops', 50, '00', []],
  ] as const)(
    '%s the will with the delay %s when the session is taken over with the flags %s',
    async (_, delay, flags, expected) => {
      const { connect, watcher, client } = await watched(withWill({ delay: delay ?? 0 }));
      await connect({ ...resuming(60), flags });
      expect(await client.take()).toEqual(['e0 01 8e']);
      expect(await watcher.take()).toEqual(expected);
    },
  );

  it('counts its message expiry from its publication', async () => {
    const { time, watcher, client } = await watched(withWill({ delay: 5, willProperties: ['02 00 00 00 03'] }));
    await client.cut();
    await time.advance(5_000);
    expect(await watcher.take()).toEqual([publish('w', 'bye', { properties: ['02 00 00 00 03'] })]);
  });

  it('does not give it to its own client under No Local', async () => {
    const { time, connect, client } = await watched(withWill({ delay: 5 }));
    await client.ask(subscribe(1, 'w', '05'));
    await client.cut();
    await time.advance(5_000);
    const back = await connect(resuming(60));
    expect(await back.take()).toEqual([]);
  });

  it('takes the will of the new CONNECT', async () => {
    const { connect, watcher, client } = await watched(withWill({ delay: 5 }));
    await client.cut();
    const back = await connect({ ...resuming(60), flags: '04', rest: ['00', text('w'), '00 01 32'] });
    await back.cut();
    expect(await watcher.take()).toEqual(['30 05 00 01 77 00 32']);
  });
});
