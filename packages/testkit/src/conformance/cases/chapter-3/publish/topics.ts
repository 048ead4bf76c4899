import { attempt } from '../../../bench/attempt.ts';
import { begin, resume } from '../../../bench/begin.ts';
import { concat, field, packet, properties, text } from '../../../bench/bytes.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { handedOver } from '../../../bench/handed-over.ts';
import { sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';

// Sections 3.3.2.1 and 3.3.2.3.4: topic names and topic aliases.

const BAD_TOPICS: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ['is no UTF-8 (C3 28)', packet('30', field('c3 28'), '00')],
  ['is longer than the packet', packet('30', '00 09 61 00')],
  ['has one byte of its length only', packet('30', '00')],
];

const badTopics = BAD_TOPICS.map(([what, bytes]): ConformanceCase => ({
  statements: ['MQTT-3.3.2-1'],
  name: `a PUBLISH whose topic ${what} ends the connection`,
  async run(bench) {
    await begin(bench);
    await bench.broker.sendBytes(bytes);
    await endedWith(bench, [0x81]);
  },
}));

const wildcards = ['a/#', 'a/+', '#', '+/b'].flatMap((topic): readonly ConformanceCase[] => [
  {
    statements: ['MQTT-3.3.2-2'],
    name: `a PUBLISH on '${topic}' ends the connection`,
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(packet('30', text(topic), '00'));
      await endedWith(bench, [0x90, 0x82, 0x81]);
    },
  },
  {
    statements: ['MQTT-3.3.2-2'],
    name: `nothing is published on '${topic}'`,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer({ publish: true, disconnect: true, end: true });
      await attempt(bench, client.publish({ topic, qos: 1 }));
      await broker.expectSilence();
    },
  },
]);

/** A PUBLISH with a Topic Alias. */
function aliased(topic: string, alias: string, payload: string): Uint8Array {
  return packet('30', text(topic), properties('23', alias), payload);
}

export const publishTopicCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.3.2-1'],
    name: 'the topic comes first in a PUBLISH, before its identifier',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a/b', payload: 'x', qos: 1 });
      const { packetId = 0 } = await broker.expect.publish();
      const id = new Uint8Array([packetId >> 8, packetId & 0xff]);
      const entry = broker.transcript.packets({ type: 'publish' }).at(-1);
      equal('the bytes', entry?.bytes, concat('32 09 00 03 61 2f 62', id, '00 78'));
    },
  },
  ...badTopics,
  ...wildcards,
  {
    statements: ['MQTT-3.3.2-3'],
    name: 'a message on a topic that no subscription matches is acknowledged, and the connection stays',
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes('32 0b 00 06 6e 6f 62 6f 64 79 00 05 00');
      await broker.expect.puback({ packetId: 5 });
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.3.2-7'],
    name: 'the aliases of the server end with the connection',
    needs: ['session-resume'],
    setup: { topicAliasMaximum: 5 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes(aliased('a', '00 01', '31'));
      await broker.sendBytes(aliased('', '00 01', '32'));
      await handedOver(bench, ['a 1', 'a 2']);
      await broker.cut();
      await resume(bench);
      await broker.sendBytes(aliased('', '00 01', '33'));
      await endedWith(bench, [0x82]);
      equal('what was handed over', bench.inbox.texts, ['a 1', 'a 2']);
    },
  },
  {
    statements: ['MQTT-3.3.2-7'],
    name: 'the aliases of the client end with the connection: each topic is sent whole once more',
    needs: ['session-resume'],
    setup: { automaticTopicAliases: 5 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { topicAliasMaximum: 5 });
      for (const topic of ['a/b', '']) {
        void client.publish({ topic: 'a/b' });
        await broker.expect.publish({ topic });
      }
      await broker.cut();
      await resume(bench, { topicAliasMaximum: 5 });
      for (const topic of ['a/b', '']) {
        void client.publish({ topic: 'a/b' });
        await broker.expect.publish({ topic });
      }
    },
  },
  {
    statements: ['MQTT-3.3.2-7'],
    name: 'a message that is sent again on the next connection has its topic whole',
    needs: ['session-resume'],
    setup: { automaticTopicAliases: 5 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { topicAliasMaximum: 5 });
      for (let count = 0; count < 2; count += 1) {
        void client.publish({ topic: 'a/b', qos: 1 });
        await broker.expect.publish();
      }
      await broker.cut();
      await resume(bench);
      for (let count = 0; count < 2; count += 1) {
        await broker.send.puback(await broker.expect.publish({ topic: 'a/b', topicAlias: undefined }));
      }
    },
  },
  {
    statements: ['MQTT-3.3.2-8'],
    name: 'a PUBLISH with Topic Alias 0 ends the connection',
    setup: { topicAliasMaximum: 5 },
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(aliased('a', '00 00', '31'));
      await endedWith(bench, [0x94]);
    },
  },
  {
    statements: ['MQTT-3.3.2-8', 'MQTT-3.3.2-9'],
    name: 'an alias of 0 or above the Topic Alias Maximum of the server does not go out',
    needs: ['topic-alias-send'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { topicAliasMaximum: 2 });
      for (const topicAlias of [0, 3]) {
        await broker.answer({ publish: true, disconnect: true, end: true });
        await attempt(bench, client.publish({ topic: 'a', properties: { topicAlias } }));
      }
      await broker.expectSilence();
      const sent = sentBy(broker, 'publish').flatMap((publish) => publish.properties?.topicAlias ?? []);
      equal('the aliases that went out', sent, []);
    },
  },
  {
    statements: ['MQTT-3.3.2-9'],
    name: 'an alias as high as the Topic Alias Maximum of the server goes out',
    needs: ['topic-alias-send'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { topicAliasMaximum: 2 });
      void client.publish({ topic: 'a', properties: { topicAlias: 2 } });
      await broker.expect.bytes('30 07 00 01 61 03 23 00 02');
    },
  },
  {
    statements: ['MQTT-3.3.2-10'],
    name: 'every alias from 1 to the announced maximum is taken, kept, and changed',
    setup: { topicAliasMaximum: 10 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes(aliased('a', '00 01', '31'));
      await broker.sendBytes(aliased('b', '00 0a', '32'));
      await broker.sendBytes(aliased('', '00 01', '33'));
      await broker.sendBytes(aliased('', '00 0a', '34'));
      await broker.sendBytes(aliased('c', '00 0a', '35'));
      await broker.sendBytes(aliased('', '00 0a', '36'));
      await broker.sendBytes(aliased('', '00 01', '37'));
      await handedOver(bench, ['a 1', 'b 2', 'a 3', 'b 4', 'c 5', 'c 6', 'a 7']);
    },
  },
  {
    statements: ['MQTT-3.3.2-11'],
    name: 'an alias above the announced maximum ends the connection, others in use or not',
    setup: { topicAliasMaximum: 10 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes(aliased('a', '00 0a', '31'));
      await handedOver(bench, ['a 1']);
      await broker.sendBytes(aliased('a', '00 0b', '32'));
      await endedWith(bench, [0x94]);
    },
  },
];
