import { resolved } from '../../../bench/attempt.ts';
import { begin } from '../../../bench/begin.ts';
import { filler, packet, properties, text, u16 } from '../../../bench/bytes.ts';
import { codeName } from '../../../bench/code-name.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import type { ConformanceCase } from '../../../case.ts';

// Section 3.11: UNSUBACK.

/** How many codes two filters must not get. */
const WRONG_COUNTS: readonly (readonly [what: string, codes: string])[] = [
  ['no code', ''],
  ['one code', '00'],
  ['three codes', '00 11 00'],
];

const wrongCounts = WRONG_COUNTS.map(([what, codes]): ConformanceCase => ({
  statements: ['MQTT-3.11.3-1'],
  name: `an UNSUBACK with ${what} for two filters ends the connection`,
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    void client.unsubscribe(['a', 'b']);
    const { packetId } = await broker.expect.unsubscribe();
    await broker.sendBytes(packet('b0', u16(packetId), '00', codes));
    await endedWith(bench, [0x82, 0x81]);
  },
}));

/** Every code that an UNSUBACK may have. */
const CODES: readonly number[] = [0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91];
/** Codes of a SUBACK, and one that is none of MQTT. */
const FOREIGN: readonly number[] = [0x01, 0x03, 0x97, 0xa2];

const foreign = FOREIGN.map((reasonCode): ConformanceCase => ({
  statements: ['MQTT-3.11.3-2'],
  name: `an UNSUBACK with the code ${codeName(reasonCode)}, which is not in its table, ends the connection`,
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    void client.unsubscribe(['a']);
    const { packetId } = await broker.expect.unsubscribe();
    await broker.sendBytes(packet('b0', u16(packetId), '00', [reasonCode]));
    await endedWith(bench, [0x82, 0x81]);
  },
}));

/** What makes an UNSUBACK as long as it should be: header, identifier, Property Length and code take six bytes. */
const EXPLANATIONS = [
  {
    statement: 'MQTT-3.11.2-1',
    what: 'a Reason String',
    fill: (byteLength: number) => properties('1f', u16(byteLength - 3), filler(byteLength - 3)),
  },
  {
    statement: 'MQTT-3.11.2-2',
    what: 'a User Property',
    fill: (byteLength: number) => properties('26', text('n'), u16(byteLength - 6), filler(byteLength - 6)),
  },
] as const;

const lengths = EXPLANATIONS.flatMap(({ statement, what, fill }): readonly ConformanceCase[] => [
  {
    statements: [statement],
    name: `an UNSUBACK that is as long as the Maximum Packet Size through ${what} is taken in`,
    setup: { maximumPacketSize: 64 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const unsubscribing = client.unsubscribe(['a']);
      const { packetId } = await broker.expect.unsubscribe();
      await broker.sendBytes(packet('b0', u16(packetId), fill(58), '00'));
      equal('what unsubscribe() came to', await resolved(bench, 'unsubscribe()', unsubscribing), [0]);
    },
  },
  {
    statements: [statement],
    name: `an UNSUBACK that exceeds the Maximum Packet Size by a byte through ${what} ends the connection`,
    setup: { maximumPacketSize: 64 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.unsubscribe(['a']);
      const { packetId } = await broker.expect.unsubscribe();
      await broker.sendBytes(packet('b0', u16(packetId), fill(59), '00'));
      await endedWith(bench, [0x95]);
    },
  },
]);

export const unsubackCases: readonly ConformanceCase[] = [
  ...lengths,
  {
    statements: ['MQTT-3.11.3-1'],
    name: 'the codes of an UNSUBACK are those of the filters in their order',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const unsubscribing = client.unsubscribe(['a', 'b', 'c']);
      const { packetId, topicFilters } = await broker.expect.unsubscribe();
      equal('the filters', topicFilters, ['a', 'b', 'c']);
      await broker.sendBytes(packet('b0', u16(packetId), '00 11 87 00'));
      equal('what unsubscribe() came to', await resolved(bench, 'unsubscribe()', unsubscribing), [0x11, 0x87, 0x00]);
    },
  },
  ...wrongCounts,
  ...CODES.map((reasonCode): ConformanceCase => ({
    statements: reasonCode === 0x11 ? ['MQTT-3.11.3-2', 'MQTT-3.10.4-5'] : ['MQTT-3.11.3-2'],
    name: `an UNSUBACK with the code ${codeName(reasonCode)} answers the request with it`,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const unsubscribing = client.unsubscribe(['a']);
      const { packetId } = await broker.expect.unsubscribe();
      await broker.sendBytes(packet('b0', u16(packetId), '00', [reasonCode]));
      equal('what unsubscribe() came to', await resolved(bench, 'unsubscribe()', unsubscribing), [reasonCode]);
      await broker.expectSilence();
    },
  })),
  ...foreign,
];
