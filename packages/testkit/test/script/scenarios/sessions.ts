import { expect } from 'vitest';
import { begin, type Scenario } from '../clients/test-client.ts';

// What a session owes after its connection was lost (section 4.4).

export const sessionScenarios: readonly Scenario[] = [
  {
    name: 'reconnect and resume: an open QoS 1 message is sent again, with DUP and its identifier [MQTT-3.3.1-1]',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish('a', 'x', 1);
      const first = await broker.expect.publish({ topic: 'a', qos: 1, dup: false });
      await broker.cut();
      const connecting = client.connect();
      await broker.expect.connect({ clientId: 'c', cleanStart: false });
      await broker.send.connack({ sessionPresent: true });
      const again = await broker.expect.publish({
        topic: 'a',
        payload: 'x',
        qos: 1,
        packetId: first.packetId,
        dup: true,
      });
      await broker.send.puback(again);
      expect(await connecting).toEqual({ sessionPresent: true, reasonCode: 0 });
      await published;
      await broker.expectSilence();
    },
  },
  {
    name: 'QoS 2, cut before PUBREC: PUBLISH is sent again [MQTT-4.3.3-3]',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish('a', 'x', 2);
      const { packetId } = await broker.expect.publish({ qos: 2 });
      await broker.cut();
      const connecting = client.connect();
      await broker.expect.connect({ cleanStart: false });
      await broker.send.connack({ sessionPresent: true });
      const again = await broker.expect.publish({ qos: 2, packetId });
      await broker.send.pubrec(again);
      const pubrel = await broker.expect.pubrel(again);
      await broker.send.pubcomp(pubrel);
      await connecting;
      await published;
    },
  },
  {
    name: 'QoS 2, cut before PUBCOMP: PUBREL is sent again, and never the PUBLISH [MQTT-4.3.3-6]',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish('a', 'x', 2);
      const publish = await broker.expect.publish({ qos: 2 });
      await broker.send.pubrec(publish);
      await broker.expect.pubrel(publish);
      await broker.cut();
      const connecting = client.connect();
      await broker.expect.connect({ cleanStart: false });
      await broker.send.connack({ sessionPresent: true });
      await broker.expect.pubrel(publish);
      await broker.send.pubcomp(publish);
      await connecting;
      await published;
      await broker.expectSilence();
    },
  },
  {
    name: 'received QoS 2, cut before PUBREL: the repeat is answered and not handed over again [MQTT-4.3.3-10]',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const message = { topic: 'a', payload: 'x', qos: 2, packetId: 9 } as const;
      await broker.send.publish(message);
      await broker.expect.pubrec({ packetId: 9, reasonCode: 0 });
      await broker.cut();
      const connecting = client.connect();
      await broker.expect.connect({ cleanStart: false });
      await broker.send.connack({ sessionPresent: true });
      await connecting;
      await broker.send.publish({ ...message, dup: true });
      await broker.expect.pubrec({ packetId: 9 });
      await broker.send.pubrel({ packetId: 9 });
      await broker.expect.pubcomp({ packetId: 9, reasonCode: 0 });
      expect(client.received).toEqual(['a x']);
    },
  },
  {
    name: 'the broker has lost the session: nothing comes as a repeat [MQTT-4.4.0-1]',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      client.publish('a', 'x', 1).catch(() => {});
      await broker.expect.publish({ qos: 1 });
      await broker.cut();
      client.connect().catch(() => {});
      await broker.expect.connect({ cleanStart: false });
      // A client may publish the message anew: it is no repeat, so DUP has to be 0.
      await broker.answer({ publish: true });
      await broker.send.connack({ sessionPresent: false });
      await broker.expectSilence();
      const publishes = broker.transcript.packets({ type: 'publish', connection: 2 });
      expect(publishes.filter(({ packet }) => 'dup' in packet && packet.dup)).toEqual([]);
    },
  },
  {
    name: 'Session Present for a client that asked for a clean start: it closes the connection [MQTT-3.2.2-4]',
    setup: { cleanStart: true },
    async run({ broker, client }) {
      client.connect().catch(() => {});
      await broker.expect.connect({ cleanStart: true });
      await broker.send.connack({ sessionPresent: true });
      // It may say why (0x82), or just go.
      await broker.answer({ disconnect: true });
      await broker.expect.end();
    },
  },
];
