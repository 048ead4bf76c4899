import { expect } from 'vitest';
import { begin, type Scenario } from '../clients/test-client.ts';

// How connections begin and end.

export const connectingScenarios: readonly Scenario[] = [
  {
    name: 'connect and disconnect',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const disconnecting = client.disconnect();
      await broker.expect.disconnect({ reasonCode: 0 });
      await broker.expect.end();
      await disconnecting;
    },
  },
  {
    name: 'refused connect: the client says why, and closes [MQTT-3.2.2-7]',
    async run({ broker, client }) {
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.send.connack({ reasonCode: 0x87, reasonString: 'not you' });
      await broker.expect.end();
      expect(await connecting).toEqual({ sessionPresent: false, reasonCode: 0x87 });
    },
  },
  {
    name: 'redirect: the client says that it should use another server, and closes',
    async run({ broker, client }) {
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.send.connack({ reasonCode: 0x9c, serverReference: 'b.example:1883' });
      await broker.expect.end();
      expect(await connecting).toEqual({ sessionPresent: false, reasonCode: 0x9c });
    },
  },
  {
    name: 'keep-alive loss: without PINGRESP the client closes',
    setup: { keepAlive: 60 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const pinged = broker.expect.pingreq();
      await client.advance(60_000);
      await pinged;
      await broker.send.pingresp();
      const pingedAgain = broker.expect.pingreq();
      await client.advance(60_000);
      await pingedAgain;
      const ended = broker.expect.end();
      await client.advance(60_000);
      await ended;
    },
  },
  {
    name: 'Server Keep Alive is in force instead of what the client asked for [MQTT-3.1.2-21]',
    setup: { keepAlive: 600 },
    async run({ broker, client }) {
      const connecting = client.connect();
      await broker.expect.connect({ keepAlive: 600 });
      await broker.send.connack({ serverKeepAlive: 10 });
      await connecting;
      const pinged = broker.expect.pingreq();
      await client.advance(10_000);
      await pinged;
    },
  },
  {
    name: 'keep alive counts from what the client sent, not from what it received [MQTT-3.1.2-20]',
    setup: { keepAlive: 60 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish('a', 'x', 1);
      const publish = await broker.expect.publish();
      await client.advance(40_000);
      await broker.send.puback(publish);
      await published;
      const pinged = broker.expect.pingreq();
      await client.advance(20_000);
      await pinged;
    },
  },
  {
    name: 'malformed packet: a PUBLISH of QoS 3 ends the connection [MQTT-3.3.1-4]',
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes('36 06 00 01 61 00 01 00');
      // It may say why (0x81), or just go.
      await broker.answer({ disconnect: true });
      await broker.expect.end();
    },
  },
];
