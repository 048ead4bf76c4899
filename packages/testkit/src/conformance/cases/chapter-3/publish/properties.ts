import { ANSWER_ALL } from '../../../../script/answers.ts';
import { attempt } from '../../../bench/attempt.ts';
import { begin } from '../../../bench/begin.ts';
import { concat, field, packet, properties, text } from '../../../bench/bytes.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { handedOver } from '../../../bench/handed-over.ts';
import { sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';

// Section 3.3.2.3: what comes with a message.

/** A property as it stands on the wire, and as the application has to see it. */
const TRAVELLING: readonly (readonly [
  statement: ConformanceCase['statements'][number],
  what: string,
  bytes: Uint8Array,
  seen: object,
])[] = [
  ['MQTT-3.3.2-4', 'Payload Format Indicator 1', concat('01 01'), { payloadFormatIndicator: 1 }],
  ['MQTT-3.3.2-4', 'Payload Format Indicator 0', concat('01 00'), { payloadFormatIndicator: 0 }],
  ['MQTT-3.3.2-6', 'a Message Expiry Interval', concat('02 00 00 00 07'), { messageExpiryInterval: 7 }],
  ['MQTT-3.3.2-15', 'a Response Topic', concat('08', text('r/\u00e9')), { responseTopic: 'r/\u00e9' }],
  [
    'MQTT-3.3.2-16',
    'Correlation Data',
    concat('09', field('00 ff 80')),
    { correlationData: new Uint8Array([0x00, 0xff, 0x80]) },
  ],
  ['MQTT-3.3.2-20', 'a Content Type', concat('03', text('text/\u00e9')), { contentType: 'text/\u00e9' }],
  [
    'MQTT-3.3.2-17',
    'User Properties',
    concat('26', text('a'), text('1'), '26', text('a'), text('2'), '26', text('b'), text('')),
    {
      userProperties: [
        ['a', '1'],
        ['a', '2'],
        ['b', ''],
      ],
    },
  ],
  [
    'MQTT-3.3.2-18',
    'the order of User Properties',
    concat('26', text('b'), text('1'), '26', text('a'), text('2'), '26', text('b'), text('3')),
    {
      userProperties: [
        ['b', '1'],
        ['a', '2'],
        ['b', '3'],
      ],
    },
  ],
];

const travelling = TRAVELLING.map(([statement, what, bytes, seen]): ConformanceCase => ({
  statements: [statement],
  name: `the application sees ${what} as it came`,
  needs: statement === 'MQTT-3.3.2-18' ? ['received-properties', 'user-property-order'] : ['received-properties'],
  async run(bench) {
    await begin(bench);
    await bench.broker.sendBytes(packet('30', text('a'), properties(bytes), '78'));
    await handedOver(bench, ['a x']);
    equal('the properties', bench.inbox.received[0]?.properties, seen);
  },
}));

const illFormed = (
  [
    ['MQTT-3.3.2-13', 'Response Topic', '08'],
    ['MQTT-3.3.2-19', 'Content Type', '03'],
  ] as const
).map(([statement, what, identifier]): ConformanceCase => ({
  statements: [statement],
  name: `a PUBLISH whose ${what} is no UTF-8 ends the connection`,
  async run(bench) {
    await begin(bench);
    await bench.broker.sendBytes(packet('30', text('a'), properties(identifier, field('ff'))));
    await endedWith(bench, [0x81]);
  },
}));

const unsendable = (
  [
    ['MQTT-3.3.2-13', 'Response Topic', 'responseTopic'],
    ['MQTT-3.3.2-19', 'Content Type', 'contentType'],
  ] as const
).map(([statement, what, name]): ConformanceCase => ({
  statements: [statement],
  name: `a ${what} with a lone surrogate or a NUL never gets onto the wire`,
  needs: ['publish-properties'],
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    // What the client makes of it may be sent; what is no text is malformed, and left over in the end.
    await broker.answer(ANSWER_ALL);
    for (const value of ['a\ud800', 'a\u0000']) {
      await attempt(bench, client.publish({ topic: 'a', qos: 1, properties: { [name]: value } }));
    }
  },
}));

export const publishPropertyCases: readonly ConformanceCase[] = [
  ...travelling,
  {
    statements: ['MQTT-3.3.2-18'],
    name: 'User Properties go out in the order of the caller',
    needs: ['publish-properties', 'user-property-order'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({
        topic: 'a',
        properties: {
          userProperties: [
            ['b', '1'],
            ['a', '2'],
            ['b', '3'],
          ],
        },
      });
      await broker.expect.bytes('30 19 00 01 61 15 26 00 01 62 00 01 31 26 00 01 61 00 01 32 26 00 01 62 00 01 33');
    },
  },
  ...illFormed,
  ...unsendable,
  ...['r/#', 'r/+'].flatMap((responseTopic): readonly ConformanceCase[] => [
    {
      statements: ['MQTT-3.3.2-14'],
      name: `a PUBLISH with Response Topic '${responseTopic}' ends the connection`,
      async run(bench) {
        await begin(bench);
        await bench.broker.sendBytes(packet('30', text('a'), properties('08', text(responseTopic))));
        await endedWith(bench, [0x82, 0x81, 0x90]);
      },
    },
    {
      statements: ['MQTT-3.3.2-14'],
      name: `nothing is published with Response Topic '${responseTopic}'`,
      needs: ['publish-properties'],
      async run(bench) {
        const { broker, client } = bench;
        await begin(bench);
        await broker.answer({ publish: true, disconnect: true, end: true });
        await attempt(bench, client.publish({ topic: 'a', qos: 1, properties: { responseTopic } }));
        await broker.expectSilence();
        const sent = sentBy(broker, 'publish').flatMap((publish) => publish.properties?.responseTopic ?? []);
        equal('the Response Topics that went out', sent, []);
      },
    },
  ]),
  {
    statements: ['MQTT-3.3.2-14', 'MQTT-3.3.2-15', 'MQTT-3.3.2-16'],
    name: 'Response Topic and Correlation Data of the caller go out',
    needs: ['publish-properties'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const correlationData = new Uint8Array([0x00, 0xff]);
      void client.publish({ topic: 'a', payload: 'x', properties: { responseTopic: 'r', correlationData } });
      await broker.expect.publish({ topic: 'a', responseTopic: 'r', correlationData });
    },
  },
];
