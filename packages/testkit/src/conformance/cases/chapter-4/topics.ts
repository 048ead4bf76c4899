import { ANSWER_ALL } from '../../../script/answers.ts';
import { attempt, resolved } from '../../bench/attempt.ts';
import { begin } from '../../bench/begin.ts';
import { bodyOf, concat, field, packet, properties, text } from '../../bench/bytes.ts';
import { endedWith } from '../../bench/ended-with.ts';
import { equal } from '../../bench/equal.ts';
import { connectWith } from '../../bench/forbidden.ts';
import { handedOver } from '../../bench/handed-over.ts';
import { bytesOfLast, sentBy } from '../../bench/sent.ts';
import type { ConformanceCase } from '../../case.ts';
import type { StatementId } from '../../statements.ts';

// Sections 4.7 and 4.8: topic names, topic filters, shared subscriptions.

/** Filters that are right, with the statement that they touch. */
const RIGHT: readonly (readonly [filter: string, statement: StatementId])[] = [
  ['#', 'MQTT-4.7.1-1'],
  ['a/#', 'MQTT-4.7.1-1'],
  ['/#', 'MQTT-4.7.1-1'],
  ['+', 'MQTT-4.7.1-2'],
  ['+/a/+', 'MQTT-4.7.1-2'],
  ['a/+/#', 'MQTT-4.7.1-2'],
  ['/+', 'MQTT-4.7.1-2'],
  ['$share/g/t', 'MQTT-4.8.2-1'],
  ['$share/g/#', 'MQTT-4.8.2-1'],
  ['$share/g//t', 'MQTT-4.8.2-2'],
  ['$share/a b/+/t', 'MQTT-4.8.2-2'],
];

/** Filters that a server would have to refuse. */
const WRONG: readonly (readonly [filter: string, statement: StatementId])[] = [
  ['a#', 'MQTT-4.7.1-1'],
  ['a/#/b', 'MQTT-4.7.1-1'],
  ['#/a', 'MQTT-4.7.1-1'],
  ['a/b#', 'MQTT-4.7.1-1'],
  ['a+', 'MQTT-4.7.1-2'],
  ['a/b+', 'MQTT-4.7.1-2'],
  ['+a/b', 'MQTT-4.7.1-2'],
  ['a/++/b', 'MQTT-4.7.1-2'],
  ['$share//t', 'MQTT-4.8.2-1'],
  ['$share/g', 'MQTT-4.8.2-2'],
  ['$share/g/', 'MQTT-4.8.2-2'],
  ['$share/g+/t', 'MQTT-4.8.2-2'],
  ['$share/#/t', 'MQTT-4.8.2-2'],
  ['$share/+/t', 'MQTT-4.8.2-2'],
  ['$share/g/a#', 'MQTT-4.8.2-2'],
  ['', 'MQTT-4.7.3-1'],
];

const right = RIGHT.map(([topicFilter, statement]): ConformanceCase => ({
  statements: [statement],
  name: `the filter '${topicFilter}' is sent`,
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    const subscribing = client.subscribe([{ topicFilter }]);
    const subscribe = await broker.expect.subscribe();
    const written = bodyOf(bytesOfLast(broker, 'subscribe')).subarray(2);
    equal('the filter', written, concat('00', text(topicFilter), '00'));
    await broker.send.suback(subscribe);
    await resolved(bench, 'subscribe()', subscribing);
  },
}));

const wrong = WRONG.map(([topicFilter, statement]): ConformanceCase => ({
  statements: [statement],
  name: `the filter '${topicFilter}' never gets onto the wire`,
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    await broker.answer({ subscribe: true, disconnect: true, end: true });
    await attempt(bench, client.subscribe([{ topicFilter }]));
    await broker.expectSilence();
    const filters = sentBy(broker, 'subscribe').flatMap(({ subscriptions }) =>
      subscriptions.map((one) => one.topicFilter),
    );
    equal(
      'the filters that are wrong',
      filters.filter((filter) => filter === topicFilter),
      [],
    );
  },
}));

const names: readonly ConformanceCase[] = [
  ...['a/#', '+', 'a/+/b'].flatMap((topic): readonly ConformanceCase[] => [
    {
      statements: ['MQTT-4.7.0-1'],
      name: `nothing goes out to the topic name '${topic}', nor asks for answers there`,
      needs: ['publish-properties'],
      async run(bench) {
        const { broker, client } = bench;
        await begin(bench);
        await broker.answer({ publish: true, disconnect: true, end: true });
        await attempt(bench, client.publish({ topic, qos: 1 }));
        await attempt(bench, client.publish({ topic: 'a', qos: 1, properties: { responseTopic: topic } }));
        await broker.expectSilence();
      },
    },
    {
      statements: ['MQTT-4.7.0-1'],
      name: `no CONNECT has a will for the topic name '${topic}'`,
      needs: ['will'],
      async run(bench) {
        await connectWith(bench, { clientId: 'w', will: { topic } });
        const topics = sentBy(bench.broker, 'connect').map(({ will }) => will?.topic);
        equal('whether there is one', topics.includes(topic), false);
      },
    },
  ]),
  {
    statements: ['MQTT-4.7.3-1'],
    name: 'nothing is published on the empty topic name, and nothing unsubscribed with the empty filter',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer({ disconnect: true, end: true });
      await attempt(bench, client.publish({ topic: '', qos: 1 }));
      await attempt(bench, client.unsubscribe(['']));
      await broker.expectSilence();
    },
  },
  ...['30 03 00 00 00', '32 05 00 00 00 05 00'].map((bytes): ConformanceCase => ({
    statements: ['MQTT-4.7.3-1'],
    name: `a PUBLISH of QoS ${bytes.startsWith('30') ? 0 : 1} with an empty topic name and no alias ends the connection`,
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(bytes);
      await endedWith(bench, [0x82]);
      equal('what was handed over', bench.inbox.texts, []);
    },
  })),
  {
    statements: ['MQTT-4.7.3-2'],
    name: 'a PUBLISH whose topic name has a NUL ends the connection',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(packet('30', field('61 00'), '00'));
      await endedWith(bench, [0x81]);
      equal('what was handed over', bench.inbox.texts, []);
    },
  },
  {
    statements: ['MQTT-4.7.3-2'],
    name: 'a topic name or filter with a NUL never gets onto the wire',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer(ANSWER_ALL);
      await attempt(bench, client.publish({ topic: '\u0000', qos: 1 }));
      await attempt(bench, client.subscribe([{ topicFilter: 'a/\u0000/#' }]));
      await attempt(bench, client.unsubscribe(['a\u0000']));
    },
  },
];

/** Bytes of a topic at most. */
const TOPIC_BYTES_MAX = 65_535;
/** Just too long, in bytes of one character each and of two. */
const TOO_LONG: readonly (readonly [what: string, topic: string])[] = [
  ['65,536 ASCII characters', 'x'.repeat(TOPIC_BYTES_MAX + 1)],
  ['32,768 characters of two bytes', '\u00e9'.repeat((TOPIC_BYTES_MAX + 1) / 2)],
];

const long: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.7.3-3'],
    name: 'a topic name and a filter of 65,535 bytes are sent',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const topic = 'x'.repeat(TOPIC_BYTES_MAX);
      void client.publish({ topic });
      await broker.expect.publish();
      equal('the length of the topic', bytesOfLast(broker, 'publish').subarray(4, 6), 'ff ff');
      void client.subscribe([{ topicFilter: topic }]);
      await broker.expect.subscribe();
      equal('the length of the filter', bytesOfLast(broker, 'subscribe').subarray(7, 9), 'ff ff');
    },
  },
  {
    statements: ['MQTT-4.7.3-3'],
    name: 'a topic name of 65,535 bytes is handed over',
    async run(bench) {
      await begin(bench);
      const topic = 'x'.repeat(TOPIC_BYTES_MAX);
      await bench.broker.sendBytes(packet('30', text(topic), '00 78'));
      await handedOver(bench, [`${topic} x`]);
    },
  },
  ...TOO_LONG.map(([what, topic]): ConformanceCase => ({
    statements: ['MQTT-4.7.3-3'],
    name: `a topic name or filter of ${what} never gets onto the wire`,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer({ disconnect: true, end: true });
      await attempt(bench, client.publish({ topic, qos: 1 }));
      await attempt(bench, client.subscribe([{ topicFilter: topic }]));
      await attempt(bench, client.unsubscribe([topic]));
      await broker.expectSilence();
    },
  })),
];

/** Topics that look alike, and are all different. */
const ALIKE = ['a/b', 'A/b', '/a/b', 'a/b/', 'a//b', ' a/b', '\u00e9', 'e\u0301', '\u212b', '\u00c5'];

const matching: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.7.2-1'],
    name: 'a message on $SYS/x is handed over once to an application that has subscribed to $SYS/#, # and +/x',
    needs: ['received-properties', 'subscription-identifiers'],
    async run(bench) {
      const { broker, client, inbox } = bench;
      await begin(bench);
      for (const [index, topicFilter] of ['#', '+/x', '$SYS/#'].entries()) {
        void client.subscribe([{ topicFilter }], { subscriptionIdentifier: index + 1 });
        await broker.send.suback(await broker.expect.subscribe());
      }
      await broker.sendBytes(packet('30', text('$SYS/x'), properties('0b 03'), '78'));
      await broker.expectSilence();
      await handedOver(bench, ['$SYS/x x']);
      equal('its identifiers', inbox.received[0]?.properties?.subscriptionIdentifiers, [3]);
    },
  },
  {
    statements: ['MQTT-4.7.3-4'],
    name: 'topic names that look alike are sent as they are',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      for (const topic of ALIKE) {
        void client.publish({ topic });
        await broker.expect.bytes(packet('30', text(topic), '00'));
      }
    },
  },
  {
    statements: ['MQTT-4.7.3-4'],
    name: 'topic names that look alike are handed over as they came',
    async run(bench) {
      await begin(bench);
      for (const topic of ALIKE) await bench.broker.sendBytes(packet('30', text(topic), '00 78'));
      await handedOver(
        bench,
        ALIKE.map((topic) => `${topic} x`),
      );
    },
  },
  {
    statements: ['MQTT-4.7.3-4'],
    name: 'filters that look alike are sent as they are',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      for (const topicFilter of ALIKE) {
        void client.subscribe([{ topicFilter }]);
        await broker.send.suback(await broker.expect.subscribe());
        const written = bodyOf(bytesOfLast(broker, 'subscribe')).subarray(2);
        equal('the filter', written, concat('00', text(topicFilter), '00'));
      }
    },
  },
];

export const topicCases: readonly ConformanceCase[] = [...right, ...wrong, ...names, ...long, ...matching];
