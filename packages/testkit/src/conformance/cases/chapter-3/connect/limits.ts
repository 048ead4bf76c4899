import { ANSWER_ALL } from '../../../../script/answers.ts';
import { notConnected, resolved } from '../../../bench/attempt.ts';
import { begin } from '../../../bench/begin.ts';
import type { Bench } from '../../../bench/bench.ts';
import { filler, packet, properties, text, u16 } from '../../../bench/bytes.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { handedOver } from '../../../bench/handed-over.ts';
import type { ConformanceCase } from '../../../case.ts';
import type { ClientAuth } from '../../../client.ts';

// Section 3.1.2.11: what the client announces, and the server must keep to.

const AUTH: ClientAuth = { method: 'm', start: () => undefined, respond: () => undefined };

const reasonString = (): Uint8Array => properties('1f', text('why'));

/** Packets that must not explain themselves under Request Problem Information 0. */
const EXPLAINED: readonly {
  readonly what: string;
  readonly needs?: ConformanceCase['needs'];
  readonly provoke: (bench: Bench) => Promise<Uint8Array>;
}[] = [
  {
    what: 'SUBACK',
    async provoke({ broker, client }) {
      void client.subscribe([{ topicFilter: 'a' }]);
      return packet('90', u16((await broker.expect.subscribe()).packetId), reasonString(), '00');
    },
  },
  {
    what: 'UNSUBACK',
    async provoke({ broker, client }) {
      void client.unsubscribe(['a']);
      return packet('b0', u16((await broker.expect.unsubscribe()).packetId), reasonString(), '00');
    },
  },
  {
    what: 'PUBACK',
    async provoke({ broker, client }) {
      void client.publish({ topic: 'a', qos: 1 });
      return packet('40', u16((await broker.expect.publish()).packetId!), '00', reasonString());
    },
  },
  {
    what: 'PUBREC',
    needs: ['qos2'],
    async provoke({ broker, client }) {
      void client.publish({ topic: 'a', qos: 2 });
      return packet('50', u16((await broker.expect.publish()).packetId!), '00', reasonString());
    },
  },
  {
    what: 'PUBREL',
    needs: ['qos2'],
    async provoke({ broker }) {
      await broker.send.publish({ topic: 'a', qos: 2, packetId: 1 });
      await broker.expect.pubrec();
      return packet('62', u16(1), '00', reasonString());
    },
  },
  {
    what: 'PUBCOMP',
    needs: ['qos2'],
    async provoke({ broker, client }) {
      void client.publish({ topic: 'a', qos: 2 });
      const publish = await broker.expect.publish();
      await broker.send.pubrec(publish);
      await broker.expect.pubrel();
      return packet('70', u16(publish.packetId!), '00', reasonString());
    },
  },
];

const explained = EXPLAINED.map(({ what, needs = [], provoke }): ConformanceCase => ({
  statements: ['MQTT-3.1.2-29'],
  name: `a ${what} with a Reason String ends the connection of a client that asked for no problem information`,
  needs,
  setup: { requestProblemInformation: false },
  async run(bench) {
    await begin(bench);
    await bench.broker.sendBytes(await provoke(bench));
    await endedWith(bench, [0x82]);
  },
}));

/** A PUBLISH on topic `a` that is so long in all. */
function publishOf(byteLength: number): Uint8Array {
  const header = byteLength <= 129 ? 6 : 7;
  return packet('30', text('a'), '00', filler(byteLength - header));
}

export const connectLimitCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.1.2-24'],
    name: 'a packet as long as the Maximum Packet Size of the CONNECT is taken in',
    setup: { maximumPacketSize: 64 },
    async run(bench) {
      const { connect } = await begin(bench);
      equal('the Maximum Packet Size', connect.properties?.maximumPacketSize, 64);
      await bench.broker.sendBytes(publishOf(64));
      await handedOver(bench, [`a ${'x'.repeat(58)}`]);
    },
  },
  {
    statements: ['MQTT-3.1.2-24'],
    name: 'a packet that is one byte longer than the Maximum Packet Size of the CONNECT ends the connection',
    setup: { maximumPacketSize: 64 },
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(publishOf(65));
      await endedWith(bench, [0x95]);
      equal('what was handed over', bench.inbox.texts, []);
    },
  },
  {
    statements: ['MQTT-3.1.2-26'],
    name: 'a Topic Alias as high as the Topic Alias Maximum of the CONNECT is taken',
    setup: { topicAliasMaximum: 5 },
    async run(bench) {
      const { connect } = await begin(bench);
      equal('the Topic Alias Maximum', connect.properties?.topicAliasMaximum, 5);
      await bench.broker.sendBytes(packet('30', text('a'), properties('23 00 05'), '78'));
      await handedOver(bench, ['a x']);
    },
  },
  {
    statements: ['MQTT-3.1.2-26'],
    name: 'a Topic Alias above the Topic Alias Maximum of the CONNECT ends the connection',
    setup: { topicAliasMaximum: 5 },
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(packet('30', text('a'), properties('23 00 06'), '78'));
      await endedWith(bench, [0x94]);
    },
  },
  {
    statements: ['MQTT-3.1.2-27'],
    name: 'a Topic Alias ends the connection of a client that announced none',
    async run(bench) {
      const { connect } = await begin(bench);
      equal('the Topic Alias Maximum', connect.properties?.topicAliasMaximum ?? 0, 0);
      await bench.broker.sendBytes(packet('30', text('a'), properties('23 00 01'), '78'));
      await endedWith(bench, [0x94]);
    },
  },
  {
    statements: ['MQTT-3.1.2-28'],
    name: 'Response Information that nobody asked for ends the connection',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      const connect = await broker.expect.connect();
      equal('Request Response Information', connect.properties?.requestResponseInformation ?? false, false);
      await broker.sendBytes(packet('20', '00 00', properties('1a', text('ab'))));
      await endedWith(bench, [0x82, 0x81]);
      await notConnected(bench, connecting);
    },
  },
  {
    statements: ['MQTT-3.1.2-28'],
    name: 'Response Information that the client asked for is handed on',
    setup: { requestResponseInformation: true },
    async run(bench) {
      const { connect, connected } = await begin(bench, { responseInformation: 'replies/' });
      equal('Request Response Information', connect.properties?.requestResponseInformation, true);
      equal('the Response Information', connected.responseInformation, 'replies/');
    },
  },
  ...explained,
  {
    statements: ['MQTT-3.1.2-29'],
    name: 'a SUBACK may explain itself to a client that did not ask for silence',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe([{ topicFilter: 'a' }]);
      const { packetId } = await broker.expect.subscribe();
      await broker.sendBytes(packet('90', u16(packetId), reasonString(), '00'));
      equal('what subscribe() came to', await resolved(bench, 'subscribe()', subscribing), [0]);
    },
  },
  {
    statements: ['MQTT-3.1.2-29'],
    name: 'an AUTH with a Reason String ends the connection of a client that asked for no problem information',
    setup: { requestProblemInformation: false, auth: AUTH },
    async run({ broker, client }) {
      void client.connect();
      await broker.expect.connect();
      await broker.sendBytes(packet('f0', '18', properties('15', text('m'), '1f', text('why'))));
      await endedWith({ broker }, [0x82]);
    },
  },
  {
    statements: ['MQTT-3.1.2-29'],
    name: 'CONNACK, PUBLISH and DISCONNECT may explain themselves even without problem information',
    setup: { requestProblemInformation: false },
    async run(bench) {
      const { broker } = bench;
      const { connect } = await begin(bench, { reasonString: 'hello', userProperties: [['n', 'v']] });
      equal('Request Problem Information', connect.properties?.requestProblemInformation, false);
      await broker.sendBytes(packet('30', text('a'), properties('26', text('n'), text('v')), '78'));
      await handedOver(bench, ['a x']);
      // A client may close once the server has said goodbye.
      await broker.answer({ end: true });
      await broker.sendBytes(packet('e0', '8b', properties('1f', text('bye'), '26', text('n'), text('v'))));
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.1.2-30'],
    name: 'a client that named an Authentication Method sends nothing but AUTH or DISCONNECT before the CONNACK',
    setup: { auth: AUTH },
    async run({ broker, client }) {
      void client.connect();
      await broker.expect.connect({ authenticationMethod: 'm' });
      void client.publish({ topic: 'a', qos: 1 });
      void client.subscribe([{ topicFilter: 'a' }]);
      await broker.expectSilence();
      await broker.send.connack({ authenticationMethod: 'm' });
      await broker.answer(ANSWER_ALL);
      await broker.expectSilence();
    },
  },
];
