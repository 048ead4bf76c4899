import { expect } from 'vitest';
import { want } from '@minimq/testkit';
import { begin, type Scenario } from '../clients/test-client.ts';

// Messages and subscriptions on a connection that lives.

export const messageScenarios: readonly Scenario[] = [
  {
    name: 'refused subscription: the application hears of it, and the connection lives',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe('secret/#', 1);
      const subscribe = await broker.expect.subscribe({ subscriptions: [{ topicFilter: 'secret/#', qos: 1 }] });
      await broker.send.suback(subscribe, { reasonCodes: [0x87] });
      expect(await subscribing).toEqual([0x87]);
      await broker.expectSilence();
    },
  },
  {
    name: 'subscribe and unsubscribe',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe('a/+', 1);
      await broker.send.suback(await broker.expect.subscribe());
      expect(await subscribing).toEqual([1]);
      await broker.send.publish({ topic: 'a/b', payload: 'x', qos: 1 });
      await broker.expect.puback({ packetId: 1, reasonCode: 0 });
      const unsubscribing = client.unsubscribe('a/+');
      await broker.send.unsuback(await broker.expect.unsubscribe({ topicFilters: ['a/+'] }));
      await unsubscribing;
      expect(client.received).toEqual(['a/b x']);
    },
  },
  {
    name: 'Receive Maximum 1: the second message waits for the end of the first [MQTT-3.3.4-7]',
    async run({ broker, client }) {
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.send.connack({ receiveMaximum: 1 });
      await connecting;
      const published = [client.publish('a', '1', 2), client.publish('a', '2', 1)];
      for (const publishing of published) publishing.catch(() => {});
      const first = await broker.expect.publish({ payload: '1', qos: 2 });
      await broker.send.pubrec(first);
      await broker.expect.pubrel(first);
      await broker.expectSilence({ of: 'publish' });
      await broker.send.pubcomp(first);
      await broker.send.puback(await broker.expect.publish({ payload: '2', qos: 1 }));
      await Promise.all(published);
    },
  },
  {
    name: 'QoS 0, 1 and 2 in both directions',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = ([0, 1, 2] as const).map((qos) => client.publish(`up/${qos}`, 'x', qos));
      const [, first, second] = await broker.expect.unordered([
        want.publish({ topic: 'up/0', qos: 0, packetId: undefined }),
        want.publish({ topic: 'up/1', qos: 1 }),
        want.publish({ topic: 'up/2', qos: 2 }),
      ]);
      await broker.send.puback(first);
      await broker.send.pubrec(second);
      await broker.expect.pubrel(second);
      await broker.send.pubcomp(second);
      await Promise.all(published);
      for (const qos of [0, 1, 2] as const) await broker.send.publish({ topic: `down/${qos}`, payload: 'y', qos });
      await broker.expect.puback({ packetId: 1 });
      await broker.expect.pubrec({ packetId: 2 });
      await broker.send.pubrel({ packetId: 2 });
      await broker.expect.pubcomp({ packetId: 2 });
      expect(client.received).toEqual(['down/0 y', 'down/1 y', 'down/2 y']);
    },
  },
  {
    name: 'a refused QoS 2 publish is over with its PUBREC: no PUBREL follows [MQTT-4.3.3-4]',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const refused = client.publish('a', 'x', 2).then(
        () => 'accepted',
        () => 'refused',
      );
      await broker.send.pubrec(await broker.expect.publish(), { reasonCode: 0x87 });
      expect(await refused).toBe('refused');
      await broker.expectSilence();
    },
  },
  {
    name: 'slow consumer: a message that is still being handled is not acknowledged',
    setup: { receiveMaximum: 2 },
    async run({ broker, client }) {
      const connecting = client.connect();
      await broker.expect.connect({ receiveMaximum: 2 });
      await broker.send.connack();
      await connecting;
      client.hold();
      await broker.send.publish({ topic: 'a', payload: '1', qos: 1 });
      await broker.send.publish({ topic: 'a', payload: '2', qos: 1 });
      await broker.expectSilence({ of: 'puback' });
      client.release();
      await broker.expect.puback({ packetId: 1 });
      await broker.expect.puback({ packetId: 2 });
      expect(client.received).toEqual(['a 1', 'a 2']);
    },
  },
  {
    name: 'request and response: the answer goes to the response topic, with the correlation data',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      client.answerWith('42');
      await broker.send.publish({ topic: 'ask', payload: '?', responseTopic: 'answers/7', correlationData: '01 02' });
      await broker.expect.publish({ topic: 'answers/7', payload: '42', correlationData: '01 02' });
      const asking = client.publish('ask', '?', 0, { responseTopic: 'answers/c', correlationData: 'abc' });
      await broker.expect.publish({ topic: 'ask', responseTopic: 'answers/c', correlationData: 'abc' });
      await asking;
    },
  },
];
