import { attempt } from '../../../bench/attempt.ts';
import { begin } from '../../../bench/begin.ts';
import type { Bench } from '../../../bench/bench.ts';
import { filler } from '../../../bench/bytes.ts';
import { equal } from '../../../bench/equal.ts';
import { handedOver } from '../../../bench/handed-over.ts';
import { bytesOfLast, sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';
import type { ClientPublication } from '../../../client.ts';

// Section 3.2.2.3: what the server allows, and the client must keep to.

/** The client is still there: it takes a message in. */
async function assertAlive(bench: Bench): Promise<void> {
  await bench.broker.send.publish({ topic: 'still', payload: 'here' });
  await handedOver(bench, ['still here']);
}

/** Lets the client try, and answers what comes of it. */
async function tryPublish(bench: Bench, publication: ClientPublication): Promise<void> {
  await bench.broker.answer({ publish: true, pubrel: true });
  await attempt(bench, bench.client.publish(publication));
  await bench.broker.expectSilence();
}

const levels = (
  [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const
).map(([maximumQoS, qos]): ConformanceCase => ({
  statements: ['MQTT-3.2.2-11'],
  name: `under Maximum QoS ${maximumQoS} nothing is published at QoS ${qos}`,
  ...(qos === 2 ? { needs: ['qos2'] as const } : {}),
  async run(bench) {
    await begin(bench, { maximumQoS });
    await tryPublish(bench, { topic: 'a', qos });
    // A client may refuse it, or publish it at the level that there is.
    equal(
      'what went out above it',
      sentBy(bench.broker, 'publish').filter((sent) => sent.qos > maximumQoS),
      [],
    );
    await assertAlive(bench);
  },
}));

/** The bytes of a packet that are not its text. */
const PUBLISH_HEADER = 6;
const SUBSCRIBE_HEADER = 8;
const UNSUBSCRIBE_HEADER = 7;
const SIZE = 50;

export const grantedCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.2.2-9'],
    name: 'the Maximum QoS of the CONNACK is shown',
    needs: ['granted-visible'],
    async run(bench) {
      const { connected } = await begin(bench, { maximumQoS: 1 });
      equal('the Maximum QoS', connected.maximumQoS, 1);
    },
  },
  {
    statements: ['MQTT-3.2.2-10'],
    name: 'under Maximum QoS 0 the client still subscribes at QoS 2',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { maximumQoS: 0 });
      void client.subscribe([{ topicFilter: 'a', qos: 2 }]);
      const subscribe = await broker.expect.subscribe();
      equal('the options', bytesOfLast(broker, 'subscribe').at(-1)! & 0x03, 0x02);
      await broker.send.suback(subscribe, { reasonCodes: [0] });
    },
  },
  ...levels,
  {
    statements: ['MQTT-3.2.2-11'],
    name: 'under Maximum QoS 1 messages are published at QoS 1',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { maximumQoS: 1 });
      void client.publish({ topic: 'a', qos: 1 });
      await broker.send.puback(await broker.expect.publish({ qos: 1 }));
    },
  },
  {
    statements: ['MQTT-3.2.2-14'],
    name: 'under Retain Available 0 nothing is published with RETAIN 1',
    async run(bench) {
      await begin(bench, { retainAvailable: false });
      await tryPublish(bench, { topic: 'a', payload: 'x', retain: true });
      equal(
        'what went out with RETAIN',
        sentBy(bench.broker, 'publish').filter(({ retain }) => retain),
        [],
      );
      await assertAlive(bench);
    },
  },
  {
    statements: ['MQTT-3.2.2-14'],
    name: 'under Retain Available 1 messages are published with RETAIN 1',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { retainAvailable: true });
      void client.publish({ topic: 'a', payload: 'x', retain: true });
      await broker.expect.bytes('31 05 00 01 61 00 78');
    },
  },
  {
    statements: ['MQTT-3.2.2-15'],
    name: 'a PUBLISH as long as the Maximum Packet Size of the server goes out, a longer one does not',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { maximumPacketSize: SIZE });
      void client.publish({ topic: 'a', payload: filler(SIZE - PUBLISH_HEADER) });
      await broker.expect.publish();
      equal('how long it is', bytesOfLast(broker, 'publish').length, SIZE);
      await attempt(bench, client.publish({ topic: 'a', payload: filler(SIZE - PUBLISH_HEADER + 1) }));
      await broker.expectSilence();
      await assertAlive(bench);
    },
  },
  {
    statements: ['MQTT-3.2.2-15'],
    name: 'a SUBSCRIBE as long as the Maximum Packet Size of the server goes out, a longer one does not',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { maximumPacketSize: SIZE });
      void client.subscribe([{ topicFilter: 'f'.repeat(SIZE - SUBSCRIBE_HEADER) }]);
      await broker.send.suback(await broker.expect.subscribe());
      equal('how long it is', bytesOfLast(broker, 'subscribe').length, SIZE);
      await attempt(bench, client.subscribe([{ topicFilter: 'f'.repeat(SIZE - SUBSCRIBE_HEADER + 1) }]));
      await broker.expectSilence();
      await assertAlive(bench);
    },
  },
  {
    statements: ['MQTT-3.2.2-15'],
    name: 'an UNSUBSCRIBE as long as the Maximum Packet Size of the server goes out, a longer one does not',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { maximumPacketSize: SIZE });
      void client.unsubscribe(['f'.repeat(SIZE - UNSUBSCRIBE_HEADER)]);
      await broker.send.unsuback(await broker.expect.unsubscribe());
      equal('how long it is', bytesOfLast(broker, 'unsubscribe').length, SIZE);
      await attempt(bench, client.unsubscribe(['f'.repeat(SIZE - UNSUBSCRIBE_HEADER + 1)]));
      await broker.expectSilence();
      await assertAlive(bench);
    },
  },
  {
    statements: ['MQTT-3.2.2-17'],
    name: 'aliases that the client gives out by itself stay within the Topic Alias Maximum of the server',
    setup: { automaticTopicAliases: 10 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { topicAliasMaximum: 2 });
      for (const topic of ['a', 'b', 'c', 'd', 'e', 'a', 'b', 'a', 'b']) {
        void client.publish({ topic });
        await broker.expect.publish();
      }
      const aliases = sentBy(broker, 'publish').flatMap(({ properties }) => properties?.topicAlias ?? []);
      equal('whether there are any', aliases.length > 0, true);
      equal(
        'those that are not from 1 to 2',
        aliases.filter((alias) => alias < 1 || alias > 2),
        [],
      );
    },
  },
  {
    statements: ['MQTT-3.2.2-18'],
    name: 'without Topic Alias Maximum the client gives out no alias',
    setup: { automaticTopicAliases: 10 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      for (let round = 0; round < 2; round += 1) {
        void client.publish({ topic: 'a', payload: 'x' });
        await broker.expect.bytes('30 05 00 01 61 00 78');
      }
    },
  },
  {
    statements: ['MQTT-3.2.2-18'],
    name: 'without Topic Alias Maximum an alias that the caller names does not go out',
    needs: ['topic-alias-send'],
    async run(bench) {
      await begin(bench);
      await tryPublish(bench, { topic: 'a', properties: { topicAlias: 1 } });
      const aliases = sentBy(bench.broker, 'publish').flatMap(({ properties }) => properties?.topicAlias ?? []);
      equal('the aliases that went out', aliases, []);
      await assertAlive(bench);
    },
  },
];
