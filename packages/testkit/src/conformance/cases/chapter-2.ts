import { attempt, notConnected, notResolved, resolved } from '../bench/attempt.ts';
import { begin, resume } from '../bench/begin.ts';
import type { Bench } from '../bench/bench.ts';
import { bodyOf } from '../bench/bytes.ts';
import { endedWith } from '../bench/ended-with.ts';
import { equal } from '../bench/equal.ts';
import { handedOver } from '../bench/handed-over.ts';
import { bytesOfLast, sentBy } from '../bench/sent.ts';
import type { ConformanceCase } from '../case.ts';

// Chapter 2: the fixed header, packet identifiers, the length of properties.

/** Packets of a server with one reserved bit wrong, and nothing else. */
const RESERVED_BITS: readonly (readonly [what: string, bytes: string])[] = [
  ['PUBACK (41)', '41 02 00 01'],
  ['PUBREC (58)', '58 02 00 01'],
  ['PUBREL (60)', '60 02 00 01'],
  ['PUBREL (63)', '63 02 00 01'],
  ['PUBCOMP (72)', '72 02 00 01'],
  ['SUBACK (91)', '91 04 00 01 00 00'],
  ['UNSUBACK (b2)', 'b2 04 00 01 00 00'],
  ['PINGRESP (d1)', 'd1 00'],
  ['DISCONNECT (e1)', 'e1 00'],
];

const reservedBits = RESERVED_BITS.map(([what, bytes]): ConformanceCase => ({
  statements: ['MQTT-2.1.3-1'],
  name: `a ${what} with its reserved bits wrong ends the connection`,
  async run(bench) {
    await begin(bench);
    await bench.broker.sendBytes(bytes);
    await endedWith(bench, [0x81]);
  },
}));

const zeroIds = ([1, 2] as const).map((qos): ConformanceCase => ({
  statements: ['MQTT-2.2.1-4'],
  name: `a QoS ${qos} PUBLISH with Packet Identifier 0 ends the connection`,
  ...(qos === 2 ? { needs: ['qos2'] as const } : {}),
  async run(bench) {
    await begin(bench);
    await bench.broker.sendBytes(qos === 1 ? '32 06 00 01 61 00 00 00' : '34 06 00 01 61 00 00 00');
    await endedWith(bench, [0x82, 0x81]);
  },
}));

/** Every identifier that the client has given out. */
function identifiersOf({ broker }: Bench): readonly (number | undefined)[] {
  const requests = [...sentBy(broker, 'subscribe'), ...sentBy(broker, 'unsubscribe'), ...sentBy(broker, 'publish')];
  return requests.map(({ packetId }) => packetId);
}

/** All identifiers, and some more. */
const WRAP_COUNT = 65_600;
/** So many publishes are under way at once. */
const WRAP_BATCH = 100;

export const chapter2Cases: readonly ConformanceCase[] = [
  ...reservedBits,
  {
    statements: ['MQTT-2.1.3-1'],
    name: 'a CONNACK with a reserved bit set ends the connection',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.sendBytes('21 03 00 00 00');
      await endedWith(bench, [0x81]);
      await notConnected(bench, connecting);
    },
  },
  {
    statements: ['MQTT-2.1.3-1'],
    name: 'a packet of type 0 ends the connection',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes('00 00');
      await endedWith(bench, [0x81]);
    },
  },
  {
    statements: ['MQTT-2.1.3-1'],
    name: 'the first byte of every packet that the client sends has the bits that belong to its type',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a' }]);
      await broker.send.suback(await broker.expect.subscribe());
      void client.unsubscribe(['a']);
      await broker.send.unsuback(await broker.expect.unsubscribe());
      void client.publish({ topic: 'a', qos: 2 });
      const publish = await broker.expect.publish();
      await broker.send.pubrec(publish);
      await broker.expect.pubrel();
      await broker.send.pubcomp(publish);
      await broker.send.publish({ topic: 'a', qos: 1, packetId: 1 });
      await broker.expect.puback();
      await broker.send.publish({ topic: 'a', qos: 2, packetId: 2 });
      await broker.expect.pubrec();
      await broker.send.pubrel({ packetId: 2 });
      await broker.expect.pubcomp();
      void client.disconnect();
      await broker.expect.disconnect();
      await broker.expect.end();
      const types = [
        'connect',
        'puback',
        'pubrec',
        'pubrel',
        'pubcomp',
        'subscribe',
        'unsubscribe',
        'disconnect',
      ] as const;
      const first = types.map((type) => bytesOfLast(broker, type)[0]);
      equal('the first bytes', first, [0x10, 0x40, 0x50, 0x62, 0x70, 0x82, 0xa2, 0xe0]);
    },
  },
  {
    statements: ['MQTT-2.2.1-2', 'MQTT-2.2.2-1'],
    name: 'a QoS 0 PUBLISH has no Packet Identifier: its Property Length follows the topic',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish({ topic: 'a', payload: 'x' });
      await broker.expect.bytes('30 05 00 01 61 00 78');
      await resolved(bench, 'publish()', published);
    },
  },
  {
    statements: ['MQTT-2.2.1-3'],
    name: 'requests that wait for their answers have identifiers above 0, each another',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      for (let round = 0; round < 3; round += 1) {
        void client.publish({ topic: 'a', qos: 1 });
        await broker.expect.publish();
        void client.subscribe([{ topicFilter: `a/${round}` }]);
        await broker.expect.subscribe();
        void client.unsubscribe([`b/${round}`]);
        await broker.expect.unsubscribe();
      }
      const ids = identifiersOf(bench);
      equal('how many identifiers there are', new Set(ids).size, 9);
      equal('whether there is one that is 0 or missing', ids.includes(0) || ids.includes(undefined), false);
    },
  },
  {
    statements: ['MQTT-2.2.1-3'],
    name: 'an identifier that is in use is passed over when the others come round again',
    isHeavy: true,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'held', qos: 1 });
      const { packetId: held } = await broker.expect.publish();
      let isReused = false;
      await broker.answer({
        publish({ packetId }) {
          isReused ||= packetId === held || packetId === 0;
          return true;
        },
      });
      for (let count = 0; count < WRAP_COUNT && !isReused; count += WRAP_BATCH) {
        const published = Array.from({ length: WRAP_BATCH }, () => client.publish({ topic: 'a', qos: 1 }));
        await resolved(bench, 'publish()', Promise.all(published));
      }
      await broker.answer({});
      equal('whether the identifier was used twice', isReused, false);
    },
  },
  {
    statements: ['MQTT-2.2.1-3'],
    name: 'an identifier that is in use since an earlier connection is not given out again',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'held', qos: 1 });
      const { packetId: held } = await broker.expect.publish();
      await broker.cut();
      await resume(bench);
      await broker.expect.publish({ topic: 'held', packetId: held! });
      // A client may hold other requests back until it has sent everything again.
      await broker.answer({ subscribe: true, unsubscribe: true });
      await attempt(bench, client.subscribe([{ topicFilter: 'a' }]));
      await attempt(bench, client.unsubscribe(['a']));
      const others = [...sentBy(broker, 'subscribe'), ...sentBy(broker, 'unsubscribe')];
      equal(
        'the requests under its identifier',
        others.filter(({ packetId }) => packetId === held),
        [],
      );
    },
  },
  ...zeroIds,
  {
    statements: ['MQTT-2.2.1-5'],
    name: 'PUBACK, PUBREC and PUBCOMP have the identifier of the PUBLISH that came',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes('32 06 00 01 61 00 07 00');
      await broker.expect.puback({ packetId: 7, reasonCode: 0 });
      await broker.sendBytes('34 06 00 01 61 ab cd 00');
      await broker.expect.pubrec({ packetId: 0xabcd, reasonCode: 0 });
      equal('the identifier in the PUBREC', bytesOfLast(broker, 'pubrec').subarray(2, 4), 'ab cd');
      await broker.sendBytes('62 02 ab cd');
      await broker.expect.pubcomp({ packetId: 0xabcd, reasonCode: 0 });
      equal('the identifier in the PUBCOMP', bytesOfLast(broker, 'pubcomp').subarray(2, 4), 'ab cd');
      await handedOver(bench, ['a ', 'a ']);
    },
  },
  {
    statements: ['MQTT-2.2.1-5'],
    name: 'PUBREL has the identifier of the PUBLISH that was sent',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish({ topic: 'a', qos: 2 });
      const publish = await broker.expect.publish({ qos: 2 });
      await broker.send.pubrec(publish);
      await broker.expect.pubrel({ packetId: publish.packetId! });
      await broker.send.pubcomp(publish);
      equal('what publish() came to', await resolved(bench, 'publish()', published), 0);
    },
  },
  {
    statements: ['MQTT-2.2.1-6'],
    name: 'a SUBACK for an identifier that was never asked for does not answer another request',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe([{ topicFilter: 'a' }]);
      const subscribe = await broker.expect.subscribe();
      await broker.send.suback({ packetId: (subscribe.packetId % 65_535) + 1, reasonCodes: [0] });
      const isOver = await endedWith(bench, [0x82, 0x81], { mayGoOn: true });
      await notResolved(bench, 'subscribe()', subscribing);
      if (isOver) return;
      await broker.send.suback(subscribe);
      equal('what subscribe() came to', await resolved(bench, 'subscribe()', subscribing), [0]);
    },
  },
  {
    statements: ['MQTT-2.2.1-6'],
    name: 'an UNSUBACK for an identifier that was never asked for does not answer another request',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const unsubscribing = client.unsubscribe(['a']);
      const unsubscribe = await broker.expect.unsubscribe();
      await broker.send.unsuback({ packetId: (unsubscribe.packetId % 65_535) + 1, reasonCodes: [0] });
      const isOver = await endedWith(bench, [0x82, 0x81], { mayGoOn: true });
      await notResolved(bench, 'unsubscribe()', unsubscribing);
      if (isOver) return;
      await broker.send.unsuback(unsubscribe);
      equal('what unsubscribe() came to', await resolved(bench, 'unsubscribe()', unsubscribing), [0]);
    },
  },
  {
    statements: ['MQTT-2.2.2-1'],
    name: 'SUBSCRIBE and UNSUBSCRIBE without properties have a Property Length of 0',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a' }]);
      await broker.expect.subscribe({ subscriptionIdentifier: undefined, userProperties: undefined });
      equal(
        'the SUBSCRIBE behind its identifier',
        bodyOf(bytesOfLast(broker, 'subscribe')).subarray(2),
        '00 00 01 61 00',
      );
      void client.unsubscribe(['a']);
      await broker.expect.unsubscribe({ userProperties: undefined });
      equal(
        'the UNSUBSCRIBE behind its identifier',
        bodyOf(bytesOfLast(broker, 'unsubscribe')).subarray(2),
        '00 00 01 61',
      );
    },
  },
  {
    statements: ['MQTT-2.2.2-1'],
    name: 'a will and a QoS 1 PUBLISH without properties have a Property Length of 0',
    setup: { will: { topic: 'w' } },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      equal('the end of the CONNECT', bytesOfLast(broker, 'connect').subarray(-9), '00 01 63 00 00 01 77 00 00');
      void client.publish({ topic: 'a', payload: 'x', qos: 1 });
      await broker.expect.publish();
      equal('the end of the PUBLISH', bytesOfLast(broker, 'publish').subarray(-2), '00 78');
    },
  },
];
