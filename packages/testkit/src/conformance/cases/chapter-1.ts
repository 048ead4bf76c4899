import { ANSWER_ALL } from '../../script/answers.ts';
import { attempt, notConnected, notResolved, resolved } from '../bench/attempt.ts';
import { begin } from '../bench/begin.ts';
import { concat, field, filler, packet, properties, text, u16 } from '../bench/bytes.ts';
import { endedWith } from '../bench/ended-with.ts';
import { connectWith } from '../bench/forbidden.ts';
import { equal } from '../bench/equal.ts';
import { handedOver } from '../bench/handed-over.ts';
import type { ConformanceCase } from '../case.ts';

// Chapter 1: how text and lengths are written.

/** Bytes that are no UTF-8, each for another reason. */
const ILL_FORMED: readonly (readonly [what: string, bytes: string])[] = [
  ['the first surrogate (ED A0 80)', 'ed a0 80'],
  ['the last surrogate (ED BF BF)', 'ed bf bf'],
  ['an overlong slash (C0 AF)', 'c0 af'],
  ['an overlong NUL of three bytes (E0 80 80)', 'e0 80 80'],
  ['a character above U+10FFFF (F4 90 80 80)', 'f4 90 80 80'],
  ['a sequence that is cut off (C3)', 'c3'],
  ['a continuation byte alone (80)', '80'],
];

const illFormedTopics = ILL_FORMED.map(([what, bytes]): ConformanceCase => ({
  statements: ['MQTT-1.5.4-1'],
  name: `a topic with ${what} ends the connection`,
  async run(bench) {
    await begin(bench);
    await bench.broker.sendBytes(packet('30', field('61', bytes), '00'));
    await endedWith(bench, [0x81]);
  },
}));

/** A Reason String of bytes that are no UTF-8, in other packets than PUBLISH. */
const badReason = properties('1f', field('c3 28'));

const illFormedReasons: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-1.5.4-1'],
    name: 'a CONNACK whose Reason String is no UTF-8 ends the connection',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.sendBytes(packet('20', '00 00', badReason));
      await endedWith(bench, [0x81]);
      await notConnected(bench, connecting);
    },
  },
  {
    statements: ['MQTT-1.5.4-1'],
    name: 'a SUBACK whose Reason String is no UTF-8 ends the connection',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe([{ topicFilter: 'a' }]);
      const { packetId } = await broker.expect.subscribe();
      await broker.sendBytes(packet('90', u16(packetId), badReason, '00'));
      await endedWith(bench, [0x81]);
      await notResolved(bench, 'subscribe()', subscribing);
    },
  },
  {
    statements: ['MQTT-1.5.4-1'],
    name: 'a PUBACK whose Reason String is no UTF-8 ends the connection',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish({ topic: 'a', qos: 1 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.sendBytes(packet('40', u16(packetId), '00', badReason));
      await endedWith(bench, [0x81]);
      await notResolved(bench, 'publish()', published);
    },
  },
];

const illFormedPairs = (['name', 'value'] as const).map((side): ConformanceCase => ({
  statements: ['MQTT-1.5.7-1'],
  name: `a User Property whose ${side} is no UTF-8 ends the connection`,
  async run(bench) {
    await begin(bench);
    const pair = side === 'name' ? concat(field('ff'), text('v')) : concat(text('n'), field('c3 28'));
    await bench.broker.sendBytes(packet('30', text('a'), properties('26', pair)));
    await endedWith(bench, [0x81]);
  },
}));

const nulPairs = (['name', 'value'] as const).map((side): ConformanceCase => ({
  statements: ['MQTT-1.5.4-2', 'MQTT-1.5.7-1'],
  name: `a User Property whose ${side} has a NUL ends the connection`,
  async run(bench) {
    await begin(bench);
    const [name, value] = side === 'name' ? ['61 00 62', '76'] : ['6e', '61 00 62'];
    await bench.broker.sendBytes(packet('30', text('a'), properties('26', field(name!), field(value!))));
    await endedWith(bench, [0x81]);
  },
}));

/** Text that the application must not bring onto the wire as it is. */
const FORBIDDEN: readonly (readonly [what: string, value: string, statement: 'MQTT-1.5.4-1' | 'MQTT-1.5.4-2'])[] = [
  ['a lone surrogate', 'a\ud800', 'MQTT-1.5.4-1'],
  ['a NUL', 'a\u0000b', 'MQTT-1.5.4-2'],
];

const forbiddenText = FORBIDDEN.flatMap(([what, value, statement]): readonly ConformanceCase[] => [
  {
    statements: [statement],
    name: `${what} in a topic or a topic filter never gets onto the wire`,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      // What the client makes of it may be sent; what is no text is malformed, and left over in the end.
      await broker.answer(ANSWER_ALL);
      await attempt(bench, client.publish({ topic: value, qos: 1 }));
      await attempt(bench, client.subscribe([{ topicFilter: value }]));
      await attempt(bench, client.unsubscribe([value]));
    },
  },
  {
    statements: [statement, 'MQTT-1.5.7-1'],
    name: `${what} in a property never gets onto the wire`,
    needs: ['publish-properties'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer(ANSWER_ALL);
      const publish = (sent: { contentType?: string; userProperties?: [[string, string]] }): Promise<unknown> =>
        attempt(bench, client.publish({ topic: 'a', qos: 1, properties: sent }));
      await publish({ contentType: value });
      await publish({ userProperties: [[value, 'v']] });
      await publish({ userProperties: [['n', value]] });
    },
  },
]);

const forbiddenInRequests = FORBIDDEN.flatMap(([what, value, statement]): readonly ConformanceCase[] => [
  {
    statements: [statement, 'MQTT-1.5.7-1'],
    name: `${what} in a User Property of SUBSCRIBE or UNSUBSCRIBE never gets onto the wire`,
    needs: ['request-properties'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer(ANSWER_ALL);
      await attempt(bench, client.subscribe([{ topicFilter: 'a' }], { userProperties: [['n', value]] }));
      await attempt(bench, client.unsubscribe(['a'], { userProperties: [[value, 'v']] }));
    },
  },
  {
    statements: [statement, 'MQTT-1.5.7-1'],
    name: `${what} in a User Property of CONNECT never gets onto the wire`,
    needs: ['connect-properties'],
    async run(bench) {
      await connectWith(bench, { userProperties: [['n', value]] });
      await connectWith(bench, { userProperties: [[value, 'v']] });
    },
  },
]);

/** Remaining Length, and how it is written. */
const LENGTHS: readonly (readonly [length: number, written: string])[] = [
  [127, '7f'],
  [128, '80 01'],
  [16_383, 'ff 7f'],
  [16_384, '80 80 01'],
];

export const chapter1Cases: readonly ConformanceCase[] = [
  ...illFormedTopics,
  ...illFormedReasons,
  {
    statements: ['MQTT-1.5.4-1'],
    name: 'characters beside the surrogates and at the upper end are handed over',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(packet('30', field('ed 9f bf ee 80 80 f4 8f bf bd'), '00 78'));
      await handedOver(bench, ['\ud7ff\ue000\u{10fffd} x']);
    },
  },
  {
    statements: ['MQTT-1.5.4-1'],
    name: 'text outside ASCII is sent as UTF-8',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish({ topic: '\u00e9\u20ac\u{1f600}' });
      await broker.expect.bytes('30 0c 00 09 c3 a9 e2 82 ac f0 9f 98 80 00');
      await resolved(bench, 'publish()', published);
    },
  },
  ...nulPairs,
  ...forbiddenText,
  ...forbiddenInRequests,
  {
    statements: ['MQTT-1.5.4-3'],
    name: 'EF BB BF at the start and in the middle of a topic is handed over as U+FEFF',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes('30 0c 00 08 ef bb bf 61 ef bb bf 62 00 78');
      await handedOver(bench, ['\ufeffa\ufeffb x']);
    },
  },
  {
    statements: ['MQTT-1.5.4-3'],
    name: 'EF BB BF at the start of a User Property is handed over as U+FEFF',
    needs: ['received-properties'],
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(packet('30', text('a'), properties('26', field('6e'), field('ef bb bf 76'))));
      await handedOver(bench, ['a ']);
      equal('the User Properties', bench.inbox.received[0]?.properties?.userProperties, [['n', '\ufeffv']]);
    },
  },
  {
    statements: ['MQTT-1.5.4-3'],
    name: 'U+FEFF at the start of a topic is sent as EF BB BF',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish({ topic: '\ufeffa', payload: 'x' });
      await broker.expect.bytes('30 08 00 04 ef bb bf 61 00 78');
      await resolved(bench, 'publish()', published);
    },
  },
  ...LENGTHS.map(([length, written]): ConformanceCase => ({
    statements: ['MQTT-1.5.5-1'],
    name: `a Remaining Length of ${length} is written as ${written.toUpperCase()}`,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const payload = filler(length - 4);
      const published = client.publish({ topic: 'a', payload });
      await broker.expect.bytes(concat('30', written, '00 01 61 00', payload));
      await resolved(bench, 'publish()', published);
    },
  })),
  {
    statements: ['MQTT-1.5.5-1'],
    name: 'a Remaining Length in more bytes than it needs ends the connection, or is read as it is',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes('30 84 00 00 01 61 00');
      if (!(await endedWith(bench, [0x81], { mayGoOn: true }))) await handedOver(bench, ['a ']);
    },
  },
  {
    statements: ['MQTT-1.5.5-1'],
    name: 'a Property Length in more bytes than it needs ends the connection, or is read as it is',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes('30 05 00 01 61 80 00');
      if (!(await endedWith(bench, [0x81], { mayGoOn: true }))) await handedOver(bench, ['a ']);
    },
  },
  {
    statements: ['MQTT-1.5.5-1'],
    name: 'a Remaining Length of five bytes ends the connection',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes('30 84 80 80 80 00 00 01 61 00');
      await endedWith(bench, [0x81]);
    },
  },
  ...illFormedPairs,
];
