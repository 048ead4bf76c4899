import { attempt, notConnected, resolved } from '../../../bench/attempt.ts';
import { begin } from '../../../bench/begin.ts';
import { concat, field, packet, properties, text } from '../../../bench/bytes.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import type { ConformanceCase } from '../../../case.ts';

// Section 3.2: when CONNACK comes, and what it is made of.

const BEFORE_CONNACK: readonly (readonly [what: string, bytes: string])[] = [
  ['PUBLISH', '30 04 00 01 61 00'],
  ['QoS 1 PUBLISH', '32 06 00 01 61 00 01 00'],
  ['PUBACK', '40 02 00 01'],
  ['SUBACK', '90 04 00 01 00 00'],
  ['PINGRESP', 'd0 00'],
];

const beforeConnack = BEFORE_CONNACK.map(([what, bytes]): ConformanceCase => ({
  statements: ['MQTT-3.2.0-1'],
  name: `a ${what} before the CONNACK ends the connection`,
  async run(bench) {
    const { broker, client } = bench;
    const connecting = client.connect();
    await broker.expect.connect();
    await broker.sendBytes(bytes);
    await endedWith(bench, [0x82, 0x81]);
    await notConnected(bench, connecting);
  },
}));

/** CONNACKs that break a rule by themselves. */
const BROKEN: readonly {
  readonly statement: ConformanceCase['statements'][number];
  readonly what: string;
  readonly bytes: Uint8Array | string;
  readonly reasonCodes: readonly number[];
}[] = [
  { statement: 'MQTT-3.2.2-1', what: 'flags 02', bytes: '20 03 02 00 00', reasonCodes: [0x81, 0x82] },
  { statement: 'MQTT-3.2.2-1', what: 'flags 80', bytes: '20 03 80 00 00', reasonCodes: [0x81, 0x82] },
  { statement: 'MQTT-3.2.2-8', what: 'Reason Code 0x11', bytes: '20 03 00 11 00', reasonCodes: [0x82, 0x81] },
  { statement: 'MQTT-3.2.2-8', what: 'Reason Code 0x01', bytes: '20 03 00 01 00', reasonCodes: [0x82, 0x81] },
  { statement: 'MQTT-3.2.2-9', what: 'Maximum QoS 2', bytes: '20 05 00 00 02 24 02', reasonCodes: [0x82] },
  {
    statement: 'MQTT-3.2.2-9',
    what: 'Maximum QoS twice',
    bytes: '20 07 00 00 04 24 01 24 01',
    reasonCodes: [0x82],
  },
];

const broken = BROKEN.map(({ statement, what, bytes, reasonCodes }): ConformanceCase => ({
  statements: [statement],
  name: `a CONNACK with ${what} ends the connection`,
  async run(bench) {
    const { broker, client } = bench;
    const connecting = client.connect();
    await broker.expect.connect();
    await broker.sendBytes(bytes);
    await endedWith(bench, reasonCodes);
    await notConnected(bench, connecting);
  },
}));

const refusals = (
  [
    ['MQTT-3.2.2-7', 0x87, 'not authorized'],
    ['MQTT-3.2.2-12', 0x9b, 'QoS not supported'],
    ['MQTT-3.2.2-13', 0x9a, 'retain not supported'],
  ] as const
).map(([statement, reasonCode, what]): ConformanceCase => ({
  statements: [statement],
  name: `CONNACK 0x${reasonCode.toString(16)} (${what}) fails the attempt with that code, and the client closes by itself`,
  async run(bench) {
    const { broker, client } = bench;
    const connecting = client.connect();
    await broker.expect.connect();
    await broker.sendBytes(packet('20', '00', new Uint8Array([reasonCode]), '00'));
    await endedWith(bench, []);
    equal('the reason code', (await resolved(bench, 'connect()', connecting)).reasonCode, reasonCode);
  },
}));

/** What a CONNACK may refuse with. */
const REFUSALS = '80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f';

/** Properties that make a CONNACK too long for a client that takes 64 bytes. */
const TOO_LONG = [
  ['MQTT-3.2.2-19', 'a Reason String', concat('1f', field('61'.repeat(60)))],
  ['MQTT-3.2.2-20', 'a User Property', concat('26', text('n'), field('61'.repeat(60)))],
] as const;

const tooLong = TOO_LONG.map(([statement, what, property]): ConformanceCase => ({
  statements: [statement],
  name: `a CONNACK that ${what} makes longer than the Maximum Packet Size ends the connection`,
  setup: { maximumPacketSize: 64 },
  async run(bench) {
    const { broker, client } = bench;
    const connecting = client.connect();
    await broker.expect.connect();
    await broker.sendBytes(packet('20', '00 00', properties(property)));
    await endedWith(bench, [0x95]);
    await notConnected(bench, connecting);
  },
}));

export const connackFormatCases: readonly ConformanceCase[] = [
  ...beforeConnack,
  {
    statements: ['MQTT-3.2.0-2'],
    name: 'a second CONNACK ends the connection',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes('20 03 00 00 00');
      await endedWith(bench, [0x82, 0x81]);
    },
  },
  ...broken,
  ...refusals,
  {
    statements: ['MQTT-3.2.2-8'],
    name: 'each reason code of the table fails the attempt with that code',
    async run(bench) {
      const { broker, client } = bench;
      for (const code of REFUSALS.split(' ')) {
        const connecting = client.connect();
        await broker.expect.connect();
        await broker.sendBytes(packet('20', '00', code, '00'));
        await endedWith(bench, []);
        const { reasonCode } = await resolved(bench, 'connect()', connecting);
        equal('the reason code', reasonCode, Number.parseInt(code, 16));
      }
    },
  },
  {
    statements: ['MQTT-3.2.2-7'],
    name: 'after a refusal the client sends nothing more on that connection',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      void client.publish({ topic: 'a' });
      await broker.sendBytes('20 03 00 88 00');
      await endedWith(bench, []);
      await attempt(bench, connecting);
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.2.2-16'],
    name: 'a CONNACK that leaves a client without name ends the connection, or is taken as it is',
    setup: { clientId: '' },
    async run(bench) {
      const { broker, client } = bench;
      void client.connect();
      await broker.expect.connect();
      await broker.sendBytes('20 03 00 00 00');
      await endedWith(bench, [0x82, 0x81], { mayGoOn: true });
    },
  },
  ...tooLong,
  {
    statements: ['MQTT-3.2.2-19', 'MQTT-3.2.2-20'],
    name: 'a CONNACK with Reason String and User Property as long as the Maximum Packet Size is taken in',
    setup: { maximumPacketSize: 64 },
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      const explained = concat('1f', field('61'.repeat(28)), '26', text('n'), field('61'.repeat(22)));
      await broker.sendBytes(packet('20', '00 00', properties(explained)));
      equal('the reason code', (await resolved(bench, 'connect()', connecting)).reasonCode, 0);
    },
  },
];
