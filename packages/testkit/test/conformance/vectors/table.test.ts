import { describe, expect, it } from 'vitest';
import { Transcript } from '@minimq/testkit';
import { statements, WIRE_VECTOR_GROUPS, wireVectors, type WireVector } from '@minimq/testkit/conformance';

// The table is judged by hand here, line by line from the standard; `packages/core` holds its decoders to all of it.

const TABLE: readonly WireVector[] = [...wireVectors()];

/** Name, rule, bytes, and the verdict: the reason codes, `incomplete`, or what the packet says. */
type Sample = readonly [name: string, rule: string, hex: string, verdict: readonly number[] | 'incomplete' | object];

const fromClient: readonly Sample[] = [
  [
    'whole: CONNECT with a password alone',
    '2.1',
    '10 11 00 04 4d 51 54 54 05 42 00 3c 00 00 01 63 00 01 70',
    { type: 'connect', clientId: 'c', cleanStart: true, keepAlive: 60, password: new Uint8Array([0x70]) },
  ],
  [
    'whole: PUBLISH of QoS 1 with DUP (client)',
    '2.1',
    '3a 08 00 03 74 2f 31 01 02 00',
    { type: 'publish', topic: 't/1', payload: new Uint8Array(), qos: 1, retain: false, dup: true, packetId: 258 },
  ],
  [
    'whole: SUBSCRIBE to three filters',
    '2.1',
    '82 1e 01 02 00 00 01 23 00 00 05 61 2f 2b 2f 62 2e 00 0c 24 73 68 61 72 65 2f 67 2f 78 2f 23 19',
    {
      type: 'subscribe',
      packetId: 258,
      subscriptions: [
        { topicFilter: '#', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 },
        { topicFilter: 'a/+/b', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 },
        { topicFilter: '$share/g/x/#', qos: 1, noLocal: false, retainAsPublished: true, retainHandling: 1 },
      ],
    },
  ],
  ['cut-off: PUBLISH by its alias (client): 1 of 9 bytes', '2.1.4', '30', 'incomplete'],
  [
    'shortened: PUBLISH of QoS 2 with DUP and RETAIN (client): Remaining Length 7 instead of 8',
    '2.1.4',
    '3d 07 00 03 74 2f 31 01 02',
    [0x81],
  ],
  [
    'shortened: PUBREL that ends behind a failure (client): Remaining Length 2 instead of 3',
    '2.1.4',
    '62 02 01 02',
    { type: 'pubrel', packetId: 258, reasonCode: 0 },
  ],
  [
    'trailing-bytes: CONNECT with an empty user name and password: a packet inside it',
    '2.1.4',
    '10 14 00 04 4d 51 54 54 05 c2 00 3c 00 00 01 63 00 00 00 00 c0 00',
    [0x81],
  ],
  ['fixed-header: CONNACK: flags 0100, of a client', '2.1.2', '24 03 00 00 00', [0x82, 0x81]],
  [
    'remaining-length: PUBACK (client): its length in five bytes',
    '1.5.5',
    '40 8b 80 80 80 00 01 02 00 07 26 00 01 6e 00 01 76',
    [0x81],
  ],
  [
    'remaining-length: PUBLISH (client): a length of a byte more',
    '2.1.4',
    '32 10 00 03 74 2f 31 01 02 07 26 00 01 6e 00 01 76',
    'incomplete',
  ],
  ['field-length: PUBACK (client): Properties of 6 bytes', '2.2.2.1', '40 0b 01 02 00 06 26 00 01 6e 00 01 76', [0x81]],
  [
    'varint: SUBSCRIBE: Subscription Identifier 128 in three bytes',
    'MQTT-1.5.5-1',
    '82 0d 01 02 04 0b 80 81 00 00 03 61 2f 2b 01',
    [0x81],
  ],
  [
    'flags: CONNECT: Connect Flags 01100011',
    'MQTT-3.1.2-3',
    '10 11 00 04 4d 51 54 54 05 63 00 3c 00 00 01 63 00 01 70',
    [0x81, 0x82],
  ],
  ['flags: SUBSCRIBE: Subscription Options 11001100', 'MQTT-3.8.3-5', '82 09 01 02 00 00 03 61 2f 62 cc', [0x81]],
  ['protocol: CONNECT: version 4', 'MQTT-3.1.2-2', '10 0e 00 04 4d 51 54 54 04 02 00 3c 00 00 01 63', [0x84]],
  [
    'packet-identifier: UNSUBSCRIBE: Packet Identifier 0',
    'MQTT-2.2.1-3',
    'a2 08 00 00 00 00 03 61 2f 2b',
    [0x82, 0x81],
  ],
  ['reason-code: PUBACK (client): reason code 0x10', 'MQTT-3.4.2-1', '40 03 01 02 10', [0x82, 0x81]],
  [
    'reason-code: DISCONNECT (client): reason code 0x04',
    'MQTT-3.14.2-1',
    'e0 01 04',
    { type: 'disconnect', reasonCode: 4 },
  ],
  [
    'property-misplaced: PUBLISH (client): subscriptionIdentifier',
    'MQTT-3.3.4-6',
    '30 09 00 03 74 2f 31 03 0b 80 01',
    [0x82, 0x81],
  ],
  [
    'property-out-of-range: CONNECT: receiveMaximum 0',
    '3.1.2.11.3',
    '10 11 00 04 4d 51 54 54 05 02 00 3c 03 21 00 00 00 01 63',
    [0x82],
  ],
  [
    'property-missing: CONNECT: authentication data without a method',
    '4.12',
    '10 14 00 04 4d 51 54 54 05 02 00 3c 06 16 00 03 00 ff 80 00 01 63',
    [0x82],
  ],
  ["topic: SUBSCRIBE: topic filter '#a'", 'MQTT-4.7.1-1', '82 08 01 02 00 00 02 23 61 00', [0x8f, 0x82, 0x81]],
  [
    "topic: SUBSCRIBE: No Local for '$share/g/a'",
    'MQTT-3.8.3-4',
    '82 10 01 02 00 00 0a 24 73 68 61 72 65 2f 67 2f 61 04',
    [0x82],
  ],
];

const fromServer: readonly Sample[] = [
  ['whole: CONNACK with a session', '2.1', '20 03 01 00 00', { type: 'connack', sessionPresent: true, reasonCode: 0 }],
  [
    'whole: SUBACK of three codes',
    '2.1',
    '90 06 01 02 00 02 87 01',
    { type: 'suback', packetId: 258, reasonCodes: [2, 0x87, 1] },
  ],
  ['fixed-header: type 0 (server): flags 0000', '2.1.2', '00 00', [0x81]],
  ['fixed-header: PINGRESP: flags 1011', 'MQTT-2.1.3-1', 'db 00', [0x81]],
  ['shortened: SUBACK: Remaining Length 3 instead of 4', '2.1.4', '90 03 01 02 00', [0x82, 0x81]],
  [
    "property: CONNACK: assignedClientIdentifier 'x/€'",
    '2.2.2.2',
    '20 0b 00 00 08 12 00 05 78 2f e2 82 ac',
    { type: 'connack', sessionPresent: false, reasonCode: 0, properties: { assignedClientIdentifier: 'x/€' } },
  ],
  [
    'property-repeated: PUBLISH (server): subscriptionIdentifiers 128 and 1',
    '2.2.2.2',
    '30 0b 00 03 74 2f 31 05 0b 80 01 0b 01',
    {
      type: 'publish',
      topic: 't/1',
      payload: new Uint8Array(),
      qos: 0,
      retain: false,
      dup: false,
      properties: { subscriptionIdentifiers: [128, 1] },
    },
  ],
  [
    "property-repeated: DISCONNECT (server): reasonString 'ab' and 'x/€'",
    '2.2.2.2',
    'e0 0f 00 0d 1f 00 02 61 62 1f 00 05 78 2f e2 82 ac',
    [0x82],
  ],
  [
    'property-length: CONNACK: authenticationMethod and a byte 00',
    '2.2.2.2',
    '20 09 00 00 06 15 00 02 61 62 00',
    [0x81],
  ],
  [
    'property-misplaced: DISCONNECT (server): sessionExpiryInterval',
    'MQTT-3.14.2-2',
    'e0 07 00 05 11 00 00 00 00',
    [0x82, 0x81],
  ],
  ['property-out-of-range: PUBLISH (server): topicAlias 0', 'MQTT-3.3.2-8', '30 09 00 03 74 2f 31 03 23 00 00', [0x94]],
  ['property-unknown: SUBACK: property 0x80', '2.2.2.2', '90 07 01 02 03 80 01 00 00', [0x81]],
  ['property-missing: AUTH (server): no authentication method', '3.15.2.2.2', 'f0 02 18 00', [0x82]],
  [
    'utf-8: DISCONNECT (server): name of userProperties with U+110000',
    'MQTT-1.5.7-1',
    'e0 0d 00 0b 26 00 05 61 f4 90 80 80 00 01 76',
    [0x81],
  ],
  [
    'utf-8: UNSUBACK: reasonString with U+FEFF in front',
    'MQTT-1.5.4-3',
    'b0 0b 01 02 07 1f 00 04 ef bb bf 61 00',
    { type: 'unsuback', packetId: 258, reasonCodes: [0], properties: { reasonString: '\u{feff}a' } },
  ],
  ["topic: PUBLISH (server): topic 'a/+'", 'MQTT-3.3.2-2', '30 06 00 03 61 2f 2b 00', [0x90, 0x82, 0x81]],
  ['topic: PUBLISH (server): no topic and no alias', 'MQTT-4.7.3-1', '30 03 00 00 00', [0x82]],
];

describe.each([
  ['client', fromClient],
  ['server', fromServer],
] as const)('of a %s', (sender, samples) => {
  for (const [name, rule, hex, verdict] of samples) {
    it(`${name} [${rule}]`, () => {
      const expected =
        verdict === 'incomplete'
          ? { kind: 'incomplete' }
          : Array.isArray(verdict)
            ? { kind: 'invalid', reasonCodes: verdict }
            : { kind: 'valid', packet: verdict };
      const { verdict: found, ...vector } = TABLE.find((each) => each.name === name)!;
      expect(vector).toEqual({ group: name.split(':')[0], name, rule, sender, hex });
      expect(found).toEqual(expected);
    });
  }
});

describe('the table', () => {
  it('names statements that there are', () => {
    const ids = new Set<string>(statements.map(({ id }) => id));
    const named = TABLE.map(({ rule }) => rule).filter((rule) => rule.startsWith('MQTT-'));
    expect(named.filter((rule) => !ids.has(rule))).toEqual([]);
  });

  it('is the same each time', () => {
    expect([...wireVectors()]).toEqual(TABLE);
    expect(TABLE.map(({ group }) => group).filter((group, i, all) => group !== all[i - 1])).toEqual(WIRE_VECTOR_GROUPS);
  });
});

describe('a transcript that gets them byte by byte', () => {
  it('writes down a packet where it is right, a problem where it is wrong, and nothing before it is whole', () => {
    for (const { name, sender, hex, verdict } of TABLE) {
      const transcript = new Transcript({ clock: { now: () => 0 } });
      const lane = transcript.connection();
      const bytes = hex.split(' ').map((byte) => Number.parseInt(byte, 16));
      const direction = sender === 'client' ? 'toServer' : 'toClient';
      for (const byte of bytes) lane.take(direction, new Uint8Array([byte]));
      const [entry] = transcript.entries;
      if (verdict.kind === 'incomplete') expect(entry, name).toBeUndefined();
      else expect(entry, name).toMatchObject({ kind: 'packet', direction });
      if (verdict.kind === 'valid') expect(entry, name).toMatchObject({ packet: verdict.packet, problem: undefined });
      if (verdict.kind === 'invalid') {
        expect(entry, name).toMatchObject({ packet: undefined, problem: expect.stringMatching(/./) as string });
      }
    }
  });
});
