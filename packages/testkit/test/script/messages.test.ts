import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryLink, ScriptError, scriptedBroker, VirtualTime, want, type ScriptedBroker } from '@minimq/testkit';
import { scriptedBroker as scriptedNodeBroker } from '@minimq/testkit/node';
import {
  CONNECT,
  failureOf,
  messageOf,
  PINGREQ,
  PUBLISH,
  rawBench,
  type RawBench,
  type RawClient,
} from './raw-client.ts';

// What a script says when it fails, word for word: nobody should need a debugger.

const SUBSCRIBE = '82 07 00 01 00 00 01 61 00';

let bench: RawBench;
let broker: ScriptedBroker;
let client: RawClient;

beforeEach(async () => {
  bench = await rawBench();
  broker = bench.broker;
  client = bench.open();
  await client.send(CONNECT);
  await broker.expect.connect();
});
afterEach(() => broker.stop());

describe('a packet that is not the one', () => {
  it('has other fields', async () => {
    await client.send(PUBLISH);
    const publishing = broker.expect.publish({ topic: 'b', qos: 2, packetId: 1, messageExpiryInterval: 3 });
    expect(await messageOf(publishing)).toMatchInlineSnapshot(`
      "PUBLISH came, and it is not as the script wants it: topic, qos, messageExpiryInterval

        at      LINE
        step    expect.publish({ topic: 'b', qos: 2, packetId: 1, messageExpiryInterval: 3 })

                                 wanted   got
          packet                 PUBLISH  PUBLISH
        > topic                  'b'      'a'
        > qos                    2        1
          packetId               1        1
        > messageExpiryInterval  3        (absent)
          payload                         'x'
          retain                          false
          dup                             false

        bytes   32 07 00 01 61 00 01 00 78

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
    `);
  });

  it('is of another kind', async () => {
    await client.send(SUBSCRIBE);
    expect(await messageOf(broker.expect.publish({ topic: 'b', packetId: 1 }))).toMatchInlineSnapshot(`
      "SUBSCRIBE came, and the script wants PUBLISH

        at      LINE
        step    expect.publish({ topic: 'b', packetId: 1 })

                         wanted   got
        > packet         PUBLISH  SUBSCRIBE
          topic          'b'
          packetId       1        1
          subscriptions           [{ topicFilter: 'a', qos: 0 }]

        bytes   82 07 00 01 00 00 01 61 00

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |--- SUBSCRIBE -->|  packetId 1, subscriptions [{ topicFilter: 'a', qos: 0 }]"
    `);
  });

  it('is not what a function wants', async () => {
    await client.send(PUBLISH);
    expect(await messageOf(broker.expect.publish(({ qos }) => qos === 2))).toMatchInlineSnapshot(`
      "PUBLISH came, and the script's function says no to it

        at      LINE
        step    expect.publish(a function)

                    wanted   got
          packet    PUBLISH  PUBLISH
          topic              'a'
          payload            'x'
          qos                1
          retain             false
          dup                false
          packetId           1

        bytes   32 07 00 01 61 00 01 00 78

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
    `);
  });

  it('has other bytes', async () => {
    await client.send(PUBLISH);
    expect(await messageOf(broker.expect.publish('32 07 00 01 61 00 02 00 78'))).toMatchInlineSnapshot(`
      "PUBLISH came, and its bytes are not those that the script wants

        at      LINE
        step    expect.publish('32 07 00 01 61 00 02 00 78')

                    wanted   got
          packet    PUBLISH  PUBLISH
          topic              'a'
          payload            'x'
          qos                1
          retain             false
          dup                false
          packetId           1

        wanted  32 07 00 01 61 00 02 00 78
        bytes   32 07 00 01 61 00 01 00 78

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
    `);
  });

  it('comes instead of literal bytes', async () => {
    await client.send(PUBLISH);
    expect(await messageOf(broker.expect.bytes('c0 00'))).toMatchInlineSnapshot(`
      "PUBLISH came, and not the bytes that the script wants

        at      LINE
        step    expect.bytes('c0 00')

        wanted  c0 00
        bytes   32 07 00 01 61 00 01 00 78

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
    `);
  });

  it('is none of an unordered group', async () => {
    await client.send(PINGREQ, PUBLISH);
    const wants = [want.pingreq(), want.subscribe(), want.publish({ topic: 'z' })] as const;
    expect(await messageOf(broker.expect.unordered(wants))).toMatchInlineSnapshot(`
      "PUBLISH came, and it is none of the packets that the script wants

        at      LINE
        step    expect.unordered([pingreq(), subscribe(), publish({ topic: 'z' })])

        - wanted subscribe()
        - wanted publish({ topic: 'z' })

        bytes   32 07 00 01 61 00 01 00 78

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |---- PINGREQ --->|
               0  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
    `);
  });

  it('is not the one that is left of an unordered group', async () => {
    await client.send(PINGREQ, PUBLISH);
    expect(await messageOf(broker.expect.unordered([want.pingreq(), want.puback({ packetId: 7 })])))
      .toMatchInlineSnapshot(`
        "PUBLISH came, and the script wants PUBACK

          at      LINE
          step    expect.unordered([pingreq(), puback({ packetId: 7 })])

                      wanted  got
          > packet    PUBACK  PUBLISH
            packetId  7       1
            topic             'a'
            payload           'x'
            qos               1
            retain            false
            dup               false

          bytes   32 07 00 01 61 00 01 00 78

          So far:
             at ms    client           broker
                 0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
                 0  #1  |---- PINGREQ --->|
                 0  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
      `);
  });

  it('breaks a silence', async () => {
    bench.time.clock('app').wake(10, () => void client.send(PINGREQ));
    expect(await messageOf(broker.expectSilence({ forMs: 100 }))).toMatchInlineSnapshot(`
      "The script wants silence: PINGREQ came on connection 1

        at      LINE
        step    expectSilence({ forMs: 100 })

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
              10  #1  |---- PINGREQ --->|"
    `);
  });

  it('breaks a silence that is about its kind', async () => {
    await client.send(PINGREQ, PUBLISH);
    expect(await messageOf(broker.expectSilence({ of: ['subscribe', 'publish'] }))).toMatchInlineSnapshot(`
      "The script wants no SUBSCRIBE and no PUBLISH: PUBLISH topic 'a', payload 'x', qos 1, packetId 1 came on connection 1

        at      LINE
        step    expectSilence({ of: ['subscribe', 'publish'] })

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |---- PINGREQ --->|
               0  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
    `);
  });

  it('comes instead of the end', async () => {
    await client.send(PINGREQ);
    expect(await messageOf(broker.expect.end())).toMatchInlineSnapshot(`
      "PINGREQ came, and the script wants the end of the stream

        at      LINE
        step    expect.end()

        bytes   c0 00

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |---- PINGREQ --->|"
    `);
  });

  it('is there when the connection is cut', async () => {
    await client.send(PUBLISH);
    await bench.time.settle();
    expect(await messageOf(broker.cut())).toMatchInlineSnapshot(`
      "PUBLISH topic 'a', payload 'x', qos 1, packetId 1 came and no step has taken it when the script cuts the connection

        at      LINE
        step    cut()

        bytes   32 07 00 01 61 00 01 00 78

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
    `);
  });
});

describe('bytes that are no packet', () => {
  it('come while a packet is waited for', async () => {
    await client.send('82 02 00 01');
    expect(await messageOf(broker.expect.subscribe())).toMatchInlineSnapshot(`
      "Bytes came that are no packet of a client: SUBSCRIBE ends before its fields do [MQTT 5.0, 2.1.4]

        at      LINE
        step    expect.subscribe()

        bytes   82 02 00 01

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |--- malformed -->|  82 02 00 01: SUBSCRIBE ends before its fields do [MQTT 5.0, 2.1.4]"
    `);
  });

  it('come before a packet is sent', async () => {
    await client.send('ff ff ff ff ff 00');
    await bench.time.settle();
    const message = await messageOf(broker.send.connack());
    expect(message.replaceAll(/: .*over-long/g, ': REASON')).toMatchInlineSnapshot(`
      "Bytes came that are no packet of a client: REASON [MQTT 5.0, 1.5.5]

        at      LINE
        step    send.connack()

        bytes   ff ff ff ff ff 00

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |--- malformed -->|  ff ff ff ff ff 00: REASON [MQTT 5.0, 1.5.5]"
    `);
  });

  it('stop in the middle', async () => {
    await client.send('82 07 00');
    await client.close();
    expect(await messageOf(broker.expect.subscribe())).toMatchInlineSnapshot(`
      "The client closed the connection in the middle of a packet, and the script wants SUBSCRIBE

        at      LINE
        step    expect.subscribe()

        bytes   82 07 00

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |----- part ----->|  82 07 00
               0  #1  |  client closes  |"
    `);
  });
});

describe('nothing', () => {
  it('comes, and nothing can come', async () => {
    expect(await messageOf(broker.expect.publish())).toMatchInlineSnapshot(`
      "PUBLISH did not come: at 0 ms nothing is left that could happen

        at      LINE
        step    expect.publish()

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60"
    `);
  });

  it('comes in time', async () => {
    bench.time.clock('app').wake(10_000, () => {});
    expect(await messageOf(broker.expect.publish({ qos: 1 }, { limitMs: 5_000 }))).toMatchInlineSnapshot(`
      "PUBLISH did not come: not within 5000 ms

        at      LINE
        step    expect.publish({ qos: 1 })

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60"
    `);
  });

  it('is what the client does after its end', async () => {
    await client.close();
    expect(await messageOf(broker.expect.publish())).toMatchInlineSnapshot(`
      "The client closed the connection, and the script wants PUBLISH

        at      LINE
        step    expect.publish()

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |  client closes  |"
    `);
  });

  it('ends the connection', async () => {
    expect(await messageOf(broker.expect.end())).toMatchInlineSnapshot(`
      "The client did not close the connection: at 0 ms nothing is left that could happen

        at      LINE
        step    expect.end()

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60"
    `);
  });

  it('connects', async () => {
    const { broker: another } = await rawBench();
    expect(await messageOf(another.expect.connect({ clientId: 'c' }))).toMatchInlineSnapshot(`
      "No client connected, and the script wants CONNECT: at 0 ms nothing is left that could happen

        at      LINE
        step    expect.connect({ clientId: 'c' })

        Nothing has passed yet."
    `);
  });

  it('connects in real time', async () => {
    const another = await scriptedNodeBroker({ over: 'tcp', limitMs: 20 });
    expect(await messageOf(another.expect.connect())).toMatchInlineSnapshot(`
      "No client connected, and the script wants CONNECT: not within 20 ms

        at      LINE
        step    expect.connect()

        Nothing has passed yet."
    `);
    await another.stop();
  });

  it('more comes before a cut', async () => {
    await client.send(PUBLISH);
    expect(await messageOf(broker.cut({ afterBytes: 10 }))).toMatchInlineSnapshot(`
      "The client has not sent 10 bytes: at 0 ms nothing is left that could happen

        at      LINE
        step    cut({ afterBytes: 10 })

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
    `);
  });
});

describe('what is left when a script ends', () => {
  it('is a packet, and a connection', async () => {
    bench.open();
    await client.send(PUBLISH);
    expect(await messageOf(broker.done())).toMatchInlineSnapshot(`
      "The script has ended, and 2 things are left

        at      LINE
        step    done()

        - PUBLISH topic 'a', payload 'x', qos 1, packetId 1, from connection 1
        - connection 2, which no step was about

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
    `);
  });

  it('is a step, and an end that nobody expected', async () => {
    void broker.expect.connection();
    await client.close();
    expect(await messageOf(broker.close())).toMatchInlineSnapshot(`
      "The script has ended, and 2 things are left

        - the step expect.connection(), at LINE
        - the end of the stream, from connection 1

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |  client closes  |"
    `);
  });
});

describe('a script that cannot be', () => {
  it('sends what a broker may not send', async () => {
    const message = await messageOf(broker.send.publish({ topic: 'a/#' }));
    expect(message.replace(/The topic .*wildcard/, 'REASON')).toMatchInlineSnapshot(`
      "PUBLISH cannot be sent like this: REASON. sendBytes() takes anything

        at      LINE
        step    send.publish({ topic: 'a/#' })

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60"
    `);
  });

  it('expects what is answered by itself', async () => {
    await broker.answer({ pingreq: true });
    expect(await messageOf(broker.expect.pingreq())).toMatchInlineSnapshot(`
      "PINGREQ is answered as it comes and never gets here: leave it out of answer()

        at      LINE
        step    expect.pingreq()

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60"
    `);
  });

  it('hands over a connection that was refused', async () => {
    await broker.send.connack({ reasonCode: 0x87 });
    expect(await messageOf(broker.handOver({ accept: () => expect.unreachable() }))).toMatchInlineSnapshot(`
      "The CONNACK that was sent has not opened a session: nothing can be handed over

        at      LINE
        step    handOver()

        So far:
           at ms    client           broker
               0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60
               0  #1  |<--- CONNACK ----|  sessionPresent false, reasonCode 0x87 (not authorized)"
    `);
  });

  it('opens more than its one link', async () => {
    const another = await scriptedBroker({ over: memoryLink() });
    expect(() => another.open()).toThrow('open() needs a broker made with `over: () => memoryLink()`');
  });

  it('puts sockets on virtual time', async () => {
    const time = new VirtualTime();
    const message = 'Sockets do not wait for virtual time: leave `time` out';
    await expect(scriptedNodeBroker({ over: 'tcp', time })).rejects.toThrow(message);
  });

  it('asks the wrong entry for sockets', async () => {
    const message = "over: 'tcp' needs the scriptedBroker() of '@minimq/testkit/node'";
    await expect(scriptedBroker({ over: 'tcp' as never })).rejects.toThrow(message);
  });
});

describe('a long conversation', () => {
  it('is shown from its last lines', async () => {
    for (let count = 0; count < 20; count += 1) {
      await client.send(PINGREQ);
      await broker.expect.pingreq();
      await broker.send.pingresp();
    }
    await bench.time.advance(1_500);
    await client.send(PUBLISH);
    expect(await messageOf(broker.expect.pingreq())).toMatchInlineSnapshot(`
      "PUBLISH came, and the script wants PINGREQ

        at      LINE
        step    expect.pingreq()

                    wanted   got
        > packet    PINGREQ  PUBLISH
          topic              'a'
          payload            'x'
          qos                1
          retain             false
          dup                false
          packetId           1

        bytes   32 07 00 01 61 00 01 00 78

        The last 12 of 42 lines:
           at ms    client           broker
               0  #1  |<-- PINGRESP ----|
               0  #1  |---- PINGREQ --->|
               0  #1  |<-- PINGRESP ----|
               0  #1  |---- PINGREQ --->|
               0  #1  |<-- PINGRESP ----|
               0  #1  |---- PINGREQ --->|
               0  #1  |<-- PINGRESP ----|
               0  #1  |---- PINGREQ --->|
               0  #1  |<-- PINGRESP ----|
               0  #1  |---- PINGREQ --->|
               0  #1  |<-- PINGRESP ----|
            1500  #1  |---- PUBLISH --->|  topic 'a', payload 'x', qos 1, packetId 1"
    `);
  });
});

describe('ScriptError', () => {
  it('says in fields what its message says', async () => {
    await client.send(PUBLISH);
    const error = await failureOf(broker.expect.publish({ topic: 'b' }));
    expect(error).toMatchObject({
      name: 'ScriptError',
      code: 'unexpected-packet',
      step: "expect.publish({ topic: 'b' })",
      wanted: 'PUBLISH',
      fields: ['topic'],
      connection: 1,
      got: { type: 'publish', topic: 'a', packetId: 1 },
    });
    expect((error as ScriptError).transcript).toContain('PUBLISH');
  });

  it('names the line of the script, and its stack begins there', async () => {
    await client.send(PUBLISH);
    const error = (await failureOf(broker.expect.subscribe())) as ScriptError; // the line
    const source = readFileSync(new URL(import.meta.url), 'utf8').split('\n');
    const line = source.findIndex((text) => text.endsWith('// the line')) + 1;
    expect(error.line).toMatch(new RegExp(`^packages/testkit/test/script/messages.test.ts:${line}:\\d+$`));
    const [frame] = error
      .stack!.slice(error.stack!.indexOf(error.message) + error.message.length)
      .trim()
      .split('\n');
    expect(frame).toContain(`messages.test.ts:${line}:`);
  });

  it('is the same for every step after it', async () => {
    await client.send(PUBLISH);
    const first = await failureOf(broker.expect.subscribe());
    expect(broker.failure).toBe(first);
    expect(await failureOf(broker.expect.publish())).toBe(first);
    expect(await failureOf(broker.send.connack())).toBe(first);
    expect(await failureOf(broker.done())).toBe(first);
    expect(await failureOf(broker.close())).toBe(first);
  });
});
