import { resolved } from '../../../bench/attempt.ts';
import { begin } from '../../../bench/begin.ts';
import { filler, packet, properties, text, u16 } from '../../../bench/bytes.ts';
import { codeName } from '../../../bench/code-name.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import type { ConformanceCase } from '../../../case.ts';

// Section 3.9: SUBACK; and what section 3.8.4 says of its codes.

/** How many codes two filters must not get. */
const WRONG_COUNTS: readonly (readonly [what: string, codes: string])[] = [
  ['no code', ''],
  ['one code', '00'],
  ['three codes', '00 00 00'],
];

const wrongCounts = WRONG_COUNTS.map(([what, codes]): ConformanceCase => ({
  statements: ['MQTT-3.8.4-6'],
  name: `a SUBACK with ${what} for two filters ends the connection`,
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    void client.subscribe([{ topicFilter: 'a' }, { topicFilter: 'b' }]);
    const { packetId } = await broker.expect.subscribe();
    await broker.sendBytes(packet('90', u16(packetId), '00', codes));
    await endedWith(bench, [0x82, 0x81]);
  },
}));

/** Every code that a SUBACK may have. */
const CODES: readonly number[] = [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2];
/** Codes of MQTT that are none of a SUBACK, and one that is none of MQTT. */
const FOREIGN: readonly number[] = [0x03, 0x11, 0x8d, 0x92];

const foreign = FOREIGN.map((reasonCode): ConformanceCase => ({
  statements: ['MQTT-3.9.3-2'],
  name: `a SUBACK with the code ${codeName(reasonCode)}, which is not in its table, ends the connection`,
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    void client.subscribe([{ topicFilter: 'a' }]);
    const { packetId } = await broker.expect.subscribe();
    await broker.sendBytes(packet('90', u16(packetId), '00', [reasonCode]));
    await endedWith(bench, [0x82, 0x81]);
  },
}));

/** What makes a SUBACK as long as it should be: its header, identifier, Property Length and code take six bytes. */
const EXPLANATIONS = [
  {
    statement: 'MQTT-3.9.2-1',
    what: 'a Reason String',
    fill: (byteLength: number) => properties('1f', u16(byteLength - 3), filler(byteLength - 3)),
  },
  {
    statement: 'MQTT-3.9.2-2',
    what: 'a User Property',
    fill: (byteLength: number) => properties('26', text('n'), u16(byteLength - 6), filler(byteLength - 6)),
  },
] as const;

const lengths = EXPLANATIONS.flatMap(({ statement, what, fill }): readonly ConformanceCase[] => [
  {
    statements: [statement],
    name: `a SUBACK that is as long as the Maximum Packet Size through ${what} is taken in`,
    setup: { maximumPacketSize: 64 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe([{ topicFilter: 'a' }]);
      const { packetId } = await broker.expect.subscribe();
      await broker.sendBytes(packet('90', u16(packetId), fill(58), '00'));
      equal('what subscribe() came to', await resolved(bench, 'subscribe()', subscribing), [0]);
    },
  },
  {
    statements: [statement],
    name: `a SUBACK that exceeds the Maximum Packet Size by a byte through ${what} ends the connection`,
    setup: { maximumPacketSize: 64 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a' }]);
      const { packetId } = await broker.expect.subscribe();
      await broker.sendBytes(packet('90', u16(packetId), fill(59), '00'));
      await endedWith(bench, [0x95]);
    },
  },
]);

export const subackCases: readonly ConformanceCase[] = [
  ...wrongCounts,
  {
    statements: ['MQTT-3.8.4-7'],
    name: 'a SUBACK grants less than was asked for, refuses another filter, and the connection stays',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe([
        { topicFilter: 'a', qos: 2 },
        { topicFilter: 'b', qos: 2 },
      ]);
      const subscribe = await broker.expect.subscribe();
      await broker.send.suback(subscribe, { reasonCodes: [0x01, 0x87] });
      equal('what subscribe() came to', await resolved(bench, 'subscribe()', subscribing), [0x01, 0x87]);
      await broker.expectSilence();
    },
  },
  ...lengths,
  {
    statements: ['MQTT-3.9.3-1', 'MQTT-3.8.4-7'],
    name: 'the codes of a SUBACK are those of the filters in their order',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe(['a', 'b', 'c'].map((topicFilter) => ({ topicFilter, qos: 2 })));
      const { packetId, subscriptions } = await broker.expect.subscribe();
      equal(
        'the filters',
        subscriptions.map(({ topicFilter }) => topicFilter),
        ['a', 'b', 'c'],
      );
      await broker.sendBytes(packet('90', u16(packetId), '00 00 87 02'));
      equal('what subscribe() came to', await resolved(bench, 'subscribe()', subscribing), [0x00, 0x87, 0x02]);
    },
  },
  ...CODES.map((reasonCode): ConformanceCase => ({
    statements: ['MQTT-3.9.3-2'],
    name: `a SUBACK with the code ${codeName(reasonCode)} answers the request with it`,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe([{ topicFilter: 'a', qos: 2 }]);
      const { packetId } = await broker.expect.subscribe();
      await broker.sendBytes(packet('90', u16(packetId), '00', [reasonCode]));
      equal('what subscribe() came to', await resolved(bench, 'subscribe()', subscribing), [reasonCode]);
      await broker.expectSilence();
    },
  })),
  ...foreign,
];
