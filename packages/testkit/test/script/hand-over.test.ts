import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANSWER_ALL, MemoryBroker, type ScriptedBroker, type VirtualTime } from '@minimq/testkit';
import {
  CONNECT,
  DISCONNECT,
  failureOf,
  PINGREQ,
  PUBLISH,
  rawBench,
  type RawBench,
  type RawClient,
} from './raw-client.ts';

let bench: RawBench;
let time: VirtualTime;
let broker: ScriptedBroker;
let client: RawClient;

beforeEach(async () => {
  bench = await rawBench();
  ({ time, broker } = bench);
  client = bench.open();
});
afterEach(() => broker.stop());

const SUBSCRIBE = '82 07 00 02 00 00 01 61 01';
const PUBLISH_QOS2 = '34 07 00 01 61 00 03 00 78';

describe('answering', () => {
  it('gives everything its usual answer', async () => {
    await broker.answer();
    await client.send(
      CONNECT,
      SUBSCRIBE,
      PUBLISH,
      PUBLISH_QOS2,
      '62 02 00 03',
      'a2 06 00 04 00 00 01 61',
      PINGREQ,
      DISCONNECT,
    );
    await time.settle();
    const answers = ['20 03 00 00 00', '90 04 00 02 00 01', '40 02 00 01', '50 02 00 03', '70 02 00 03'];
    expect(client.received).toBe([...answers, 'b0 04 00 04 00 00', 'd0 00'].join(' '));
    await client.close();
    await broker.close();
  });

  it('assigns a name, and finishes messages of the broker', async () => {
    await broker.answer();
    await client.send('10 0d 00 04 4d 51 54 54 05 02 00 3c 00 00 00');
    await broker.send.publish({ topic: 'a', qos: 2 });
    await client.send('50 02 00 01', '70 02 00 01');
    await time.settle();
    // CONNACK with the Assigned Client Identifier `assigned`, PUBLISH, PUBREL.
    const connack = '20 0e 00 00 0b 12 00 08 61 73 73 69 67 6e 65 64';
    expect(client.received).toBe(`${connack} 34 06 00 01 61 00 01 00 62 02 00 01`);
    await broker.close();
  });

  it('takes exceptions: fields, functions, and packets for the script', async () => {
    const seen: string[] = [];
    await broker.answer({
      ...ANSWER_ALL,
      connect: { receiveMaximum: 1 },
      subscribe: { reasonCodes: [0x87] },
      pingreq: (_packet, connection) => {
        seen.push(`ping on ${connection.number}`);
        void connection.sendBytes('d0 00 d0 00');
      },
      publish: ({ packetId }) => packetId !== 1,
      disconnect: false,
    });
    await client.send(CONNECT, SUBSCRIBE, PINGREQ, PUBLISH, PUBLISH_QOS2, DISCONNECT);
    await broker.expect.disconnect();
    await time.settle();
    expect(client.received).toBe('20 06 00 00 03 21 00 01 90 04 00 02 00 87 50 02 00 03 d0 00 d0 00');
    expect(seen).toEqual(['ping on 1']);
  });

  it('answers what has come already, and leaves what it does not know to the script', async () => {
    await client.send(CONNECT, PUBLISH, PINGREQ);
    await broker.expect.connect();
    await time.settle();
    await broker.answer({ pingreq: true });
    await time.settle();
    expect(client.received).toBe('d0 00');
    await broker.expect.publish();
    await broker.answer({});
    await client.send(PINGREQ);
    await broker.expect.pingreq();
    await broker.done();
  });

  it('can be one answer', async () => {
    await client.send(CONNECT, SUBSCRIBE, '30 04 00 01 61 00');
    await broker.send.answer(await broker.expect.connect());
    await broker.send.answer(await broker.expect.subscribe());
    await broker.send.answer(await broker.expect.publish());
    expect(client.received).toBe('20 03 00 00 00 90 04 00 02 00 01');
  });

  it('lets clients come and go', async () => {
    await broker.answer();
    for (let count = 0; count < 3; count += 1) {
      const next = bench.open();
      await next.send(CONNECT);
      await time.settle();
      await next.close();
    }
    await client.close();
    await broker.close();
  });

  it('on one connection leaves the others to the script', async () => {
    const first = await broker.expect.connection();
    await first.answer();
    const second = bench.open();
    await client.send(CONNECT, PINGREQ);
    await second.send(CONNECT);
    await broker.expect.connection();
    await broker.expect.connect();
    expect([client.received, second.received]).toEqual(['20 03 00 00 00 d0 00', '']);
    await broker.done();
  });

  it('fails where a function throws', async () => {
    await broker.answer({
      connect: () => {
        throw new Error('a bug of the test');
      },
    });
    await client.send(CONNECT);
    expect(await failureOf(broker.done())).toMatchObject({
      code: 'misuse',
      message: expect.stringContaining('The answer to CONNECT cannot be sent: a bug of the test') as string,
    });
  });
});

describe('handing over to the in-memory broker', () => {
  let memory: MemoryBroker;
  beforeEach(() => {
    memory = new MemoryBroker({ clock: time.clock('memory broker'), reasonStrings: false });
  });
  afterEach(() => memory.close());

  it('works before CONNECT', async () => {
    await broker.handOver(memory);
    await client.send(CONNECT, SUBSCRIBE);
    await time.settle();
    expect(client.received).toBe('20 03 00 00 00 90 04 00 02 00 01');
    expect(memory.clientIds).toEqual(['c']);
    await broker.close();
  });

  it('works with a CONNECT that was taken and not answered', async () => {
    await client.send(CONNECT, PUBLISH);
    await broker.expect.connect();
    await broker.handOver(memory);
    await time.settle();
    expect(client.received).toBe('20 03 00 00 00 40 03 00 01 10');
  });

  it('works behind a CONNACK, which stays in force', async () => {
    await client.send(CONNECT);
    await broker.expect.connect();
    await broker.send.connack({ receiveMaximum: 1 });
    await broker.handOver(memory);
    // Two open QoS 2 messages are one too many.
    await client.send(PUBLISH_QOS2, '34 07 00 01 61 00 04 00 78');
    await time.settle();
    expect(client.received).toBe('20 06 00 00 03 21 00 01 50 03 00 03 10 e0 01 93');
  });

  it('gives it what has come and was not taken, in the middle of a packet too', async () => {
    await client.send(CONNECT, SUBSCRIBE, '32 07 00 01');
    await broker.expect.connect();
    await broker.send.connack();
    await time.settle();
    const connection = await broker.handOver(memory);
    await client.send('61 00 01 00 78');
    await time.settle();
    expect(client.received).toBe('20 03 00 00 00 90 04 00 02 00 01 40 02 00 01 32 07 00 01 61 00 01 00 78');
    expect(connection.clientId).toBe('c');
    expect(broker.transcript.packets().map(({ packet }) => packet.type)).toEqual([
      'connect',
      'subscribe',
      'connack',
      'publish',
      'suback',
      'puback',
      'publish',
    ]);
  });

  it('works out of answering', async () => {
    await broker.answer();
    await client.send(CONNECT, PINGREQ);
    await time.settle();
    await broker.handOver(memory);
    await client.send(PINGREQ);
    await time.settle();
    expect(client.received).toBe('20 03 00 00 00 d0 00 d0 00');
    expect(memory.clientIds).toEqual(['c']);
  });

  it('leaves the next connection to the script, or not', async () => {
    await broker.handOver(memory);
    await client.send(CONNECT);
    const second = bench.open();
    await second.send(CONNECT);
    await broker.expect.connect();
    const third = bench.open();
    await broker.handOver(memory, { andLater: true });
    await third.send(CONNECT);
    const fourth = bench.open();
    await fourth.send(CONNECT);
    await time.settle();
    // One client identifier: each takes the session over.
    expect([third.received, fourth.received]).toEqual(['20 03 00 00 00 e0 01 8e', '20 03 00 00 00']);
    await broker.close();
  });

  it('passes the end of the stream on', async () => {
    await broker.handOver(memory);
    await client.send(CONNECT);
    await time.settle();
    await client.close();
    await time.settle();
    expect(memory.clientIds).toEqual([]);
    await broker.close();
  });
});
