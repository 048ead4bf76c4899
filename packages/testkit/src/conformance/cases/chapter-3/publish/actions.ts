import { begin } from '../../../bench/begin.ts';
import type { Bench } from '../../../bench/bench.ts';
import { packet, properties, text, u16 } from '../../../bench/bytes.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { handedOver } from '../../../bench/handed-over.ts';
import { sentBy } from '../../../bench/sent.ts';
import { CaseError } from '../../../case-error.ts';
import type { ConformanceCase } from '../../../case.ts';
import type { ClientPackets } from '../../../../script/packets.ts';

// Section 3.3.4: what a PUBLISH brings about, Subscription Identifiers, and the Receive Maximum both ways.

type Publish = ClientPackets['publish'];

/** How the exchange of a publish may end, and so make room for the next. */
const ENDINGS: readonly {
  readonly what: string;
  readonly qos: 1 | 2;
  readonly end: (bench: Bench, publish: Publish) => Promise<void>;
}[] = [
  {
    what: 'PUBACK',
    qos: 1,
    async end({ broker }, publish) {
      await broker.send.puback(publish);
    },
  },
  {
    what: 'PUBACK that refuses it',
    qos: 1,
    async end({ broker }, publish) {
      await broker.send.puback(publish, { reasonCode: 0x97 });
    },
  },
  {
    what: 'PUBCOMP, and not with its PUBREC',
    qos: 2,
    async end({ broker }, publish) {
      await broker.send.pubrec(publish);
      await broker.expect.pubrel(publish);
      await broker.expectSilence();
      await broker.send.pubcomp(publish);
    },
  },
  {
    what: 'PUBREC that refuses it',
    qos: 2,
    async end({ broker }, publish) {
      await broker.send.pubrec(publish, { reasonCode: 0x80 });
    },
  },
];

const endings = ENDINGS.map(({ what, qos, end }): ConformanceCase => ({
  statements: ['MQTT-3.3.4-7'],
  name: `under Receive Maximum 2, what waits behind a QoS ${qos} message goes out with its ${what}`,
  ...(qos === 2 ? { needs: ['qos2'] as const } : {}),
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench, { receiveMaximum: 2 });
    for (const payload of ['1', '2', '3', '4']) void client.publish({ topic: 'a', payload, qos });
    const first = await broker.expect.publish({ payload: '1' });
    const second = await broker.expect.publish({ payload: '2' });
    await broker.expectSilence();
    await end(bench, first);
    await broker.expect.publish({ payload: '3' });
    await broker.expectSilence();
    await end(bench, second);
    await broker.expect.publish({ payload: '4' });
    await broker.expectSilence();
  },
}));

/** Uses up a quota of one. */
async function useUp(bench: Bench): Promise<void> {
  await begin(bench, { receiveMaximum: 1 });
  void bench.client.publish({ topic: 'a', qos: 1 });
  await bench.broker.expect.publish();
  // This one waits; a client that does not look at the quota has not broken the rule that is judged here.
  void bench.client.publish({ topic: 'waits', qos: 1 });
  await bench.broker.answer({ publish: () => {} });
}

/** A QoS 2 PUBLISH with this identifier. */
function second(packetId: number): Uint8Array {
  return packet('34', text('a'), u16(packetId), '00');
}

export const publishActionCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.3.4-1'],
    name: 'a PUBLISH is answered as its QoS says: not at all, by PUBACK, by PUBREC',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes('30 05 00 01 61 00 30');
      await broker.expectSilence();
      await broker.sendBytes('32 07 00 01 61 00 05 00 31');
      await broker.expect.puback({ packetId: 5, reasonCode: 0 });
      await broker.sendBytes('34 07 00 01 61 00 06 00 32');
      await broker.expect.pubrec({ packetId: 6, reasonCode: 0 });
      // Some clients hand a QoS 2 message over when its PUBREL has come.
      await broker.sendBytes('62 02 00 06');
      await broker.expect.pubcomp({ packetId: 6, reasonCode: 0 });
      await handedOver(bench, ['a 0', 'a 1', 'a 2']);
      equal(
        'the QoS that is shown',
        bench.inbox.received.map(({ qos }) => qos),
        [0, 1, 2],
      );
    },
  },
  {
    statements: ['MQTT-3.3.4-3'],
    name: 'the application sees the Subscription Identifier of a message',
    needs: ['subscription-identifiers', 'received-properties'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a' }], { subscriptionIdentifier: 5 });
      await broker.send.suback(await broker.expect.subscribe({ subscriptionIdentifier: 5 }));
      await broker.sendBytes(packet('30', text('a'), properties('0b 05'), '78'));
      await handedOver(bench, ['a x']);
      equal('the identifiers', bench.inbox.received[0]?.properties?.subscriptionIdentifiers, [5]);
    },
  },
  {
    statements: ['MQTT-3.3.4-4'],
    name: 'a message with several Subscription Identifiers, one of them twice, is taken once and shows them all',
    needs: ['subscription-identifiers', 'received-properties'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      for (const [topicFilter, subscriptionIdentifier] of [
        ['a', 1],
        ['+', 3],
        ['#', 3],
      ] as const) {
        void client.subscribe([{ topicFilter, qos: 1 }], { subscriptionIdentifier });
        await broker.send.suback(await broker.expect.subscribe());
      }
      await broker.sendBytes(packet('32', text('a'), '00 05', properties('0b 03 0b 01 0b 03'), '78'));
      await broker.expect.puback({ packetId: 5 });
      await handedOver(bench, ['a x']);
      equal('the identifiers', bench.inbox.received[0]?.properties?.subscriptionIdentifiers, [3, 1, 3]);
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.3.4-5'],
    name: 'two copies of a message, each with the identifier of its subscription, are both taken',
    needs: ['subscription-identifiers', 'received-properties'],
    async run(bench) {
      const { broker, client, inbox } = bench;
      await begin(bench);
      for (const [topicFilter, subscriptionIdentifier] of [
        ['a', 1],
        ['+', 2],
      ] as const) {
        void client.subscribe([{ topicFilter, qos: 1 }], { subscriptionIdentifier });
        await broker.send.suback(await broker.expect.subscribe());
      }
      await broker.sendBytes(packet('32', text('a'), '00 05', properties('0b 01'), '78'));
      await broker.sendBytes(packet('32', text('a'), '00 06', properties('0b 02'), '78'));
      await broker.expect.puback({ packetId: 5 });
      await broker.expect.puback({ packetId: 6 });
      await handedOver(bench, ['a x', 'a x']);
      const identifiers = inbox.received.map((message) => message.properties?.subscriptionIdentifiers);
      equal('the identifiers', identifiers, [[1], [2]]);
    },
  },
  {
    statements: ['MQTT-3.3.4-6'],
    name: 'a message that is published on goes out without the Subscription Identifier that it came with',
    needs: ['publish-properties', 'received-properties', 'subscription-identifiers'],
    async run(bench) {
      const { broker, client, inbox } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a' }], { subscriptionIdentifier: 5 });
      await broker.send.suback(await broker.expect.subscribe());
      await broker.sendBytes(packet('30', text('a'), properties('0b 05 03', text('t')), '78'));
      await handedOver(bench, ['a x']);
      const { topic, payload, properties: received } = inbox.received[0]!;
      // An application that hands on all that it got; the client may refuse that, or leave the identifier out.
      const passedOn = client.publish({ topic, payload, properties: { ...(received as object) } });
      passedOn.catch(() => {});
      void client.publish({ topic: 'b', properties: { contentType: 't' } });
      await broker.answer({ publish: true, disconnect: true, end: true });
      await broker.expectSilence();
      const identifiers = sentBy(broker, 'publish').filter(
        ({ properties: sent = {} }) => 'subscriptionIdentifiers' in sent,
      );
      equal('the messages with an identifier', identifiers, []);
    },
  },
  ...endings,
  {
    statements: ['MQTT-3.3.4-7'],
    name: 'QoS 0 messages do not count under the Receive Maximum',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { receiveMaximum: 1 });
      for (const payload of ['1', '2']) {
        void client.publish({ topic: 'a', payload, qos: 0 });
        await broker.expect.publish({ payload, qos: 0 });
      }
      void client.publish({ topic: 'a', payload: '3', qos: 1 });
      await broker.expect.publish({ payload: '3', qos: 1 });
    },
  },
  {
    statements: ['MQTT-3.3.4-8'],
    name: 'a client whose quota is used up still subscribes, unsubscribes and acknowledges',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await useUp(bench);
      void client.subscribe([{ topicFilter: 'a' }]);
      await broker.send.suback(await broker.expect.subscribe());
      void client.unsubscribe(['a']);
      await broker.send.unsuback(await broker.expect.unsubscribe());
      await broker.sendBytes('32 07 00 01 61 00 05 00 31');
      await broker.expect.puback({ packetId: 5 });
      await broker.sendBytes('34 07 00 01 61 00 06 00 32');
      await broker.expect.pubrec({ packetId: 6 });
      await broker.sendBytes('62 02 00 06');
      await broker.expect.pubcomp({ packetId: 6 });
    },
  },
  {
    statements: ['MQTT-3.3.4-8'],
    name: 'a client whose quota is used up still sends PUBREL',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { receiveMaximum: 1 });
      void client.publish({ topic: 'a', qos: 2 });
      const publish = await broker.expect.publish();
      void client.publish({ topic: 'waits', qos: 2 });
      await broker.answer({ publish: () => {} });
      await broker.send.pubrec(publish);
      await broker.expect.pubrel(publish);
    },
  },
  {
    statements: ['MQTT-3.3.4-8'],
    name: 'a client whose quota is used up still sends PINGREQ',
    setup: { keepAlive: 1 },
    async run(bench) {
      const { broker } = bench;
      await useUp(bench);
      await broker.expect.pingreq(undefined, { limitMs: 1_000 + bench.pace.slackMs });
      await broker.send.pingresp();
    },
  },
  {
    statements: ['MQTT-3.3.4-9'],
    name: 'as many open QoS 2 messages as the announced Receive Maximum are taken in',
    needs: ['qos2'],
    setup: { receiveMaximum: 2 },
    async run(bench) {
      const { broker } = bench;
      const { connect } = await begin(bench);
      equal('the Receive Maximum', connect.properties?.receiveMaximum, 2);
      await broker.sendBytes(second(1));
      await broker.sendBytes(second(2));
      await broker.expect.pubrec({ packetId: 1 });
      await broker.expect.pubrec({ packetId: 2 });
      await broker.sendBytes('62 02 00 01');
      await broker.expect.pubcomp({ packetId: 1 });
      await broker.sendBytes(second(3));
      await broker.expect.pubrec({ packetId: 3 });
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.3.4-9'],
    name: 'messages that have been acknowledged do not count under the announced Receive Maximum',
    setup: { receiveMaximum: 2 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      for (const packetId of [1, 2, 3, 4, 5]) {
        await broker.sendBytes(packet('32', text('a'), u16(packetId), '00'));
        await broker.expect.puback({ packetId });
      }
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.3.4-9'],
    name: 'one open QoS 2 message more than the announced Receive Maximum ends the connection',
    needs: ['qos2'],
    setup: { receiveMaximum: 2 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      for (const packetId of [1, 2]) {
        await broker.sendBytes(second(packetId));
        await broker.expect.pubrec({ packetId });
      }
      await broker.sendBytes(second(3));
      await endedWith(bench, [0x93]);
    },
  },
  {
    statements: ['MQTT-3.3.4-9'],
    name: 'one unacknowledged QoS 1 message more than the announced Receive Maximum ends the connection',
    setup: { receiveMaximum: 2 },
    async run(bench) {
      const { broker, inbox } = bench;
      await begin(bench);
      inbox.hold();
      for (const id of ['01', '02', '03']) await broker.sendBytes(`32 06 00 01 61 00 ${id} 00`);
      // A client that acknowledges before its application is done has not so many open; nor has one that reads no further.
      const isOver = await endedWith(bench, [0x93], { answers: { puback: true }, mayGoOn: true });
      const openCount = inbox.received.length - sentBy(broker, 'puback').length;
      if (isOver || openCount <= 2) return;
      throw new CaseError('should', `The client has ${openCount} messages open, and has announced room for two`);
    },
  },
];
