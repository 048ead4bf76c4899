import { describe, expect, it } from 'vitest';
import { decodePacket, packetLength, type Packet, type PropertyName, type Sender } from '@minimq/core/codec';
import { block, framedHex, hex } from './bytes.ts';
import { expectInvalidArgument, expectInvalidPacket } from './refusal.ts';

// Section 2.2.2: every property in every packet of either side, decoded and encoded.

/** A property as bytes with a legal value, and that value. */
const properties: readonly [id: string, name: PropertyName, data: string, value: unknown][] = [
  ['01', 'payloadFormatIndicator', '01', 1],
  ['02', 'messageExpiryInterval', '00 00 00 09', 9],
  ['03', 'contentType', '00 01 63', 'c'],
  ['08', 'responseTopic', '00 01 72', 'r'],
  ['09', 'correlationData', '00 02 00 ff', hex('00 ff')],
  ['0b', 'subscriptionIdentifier', '80 01', 128],
  ['11', 'sessionExpiryInterval', 'ff ff ff fe', 4_294_967_294],
  ['12', 'assignedClientIdentifier', '00 01 69', 'i'],
  ['13', 'serverKeepAlive', '00 3c', 60],
  ['15', 'authenticationMethod', '00 01 6d', 'm'],
  ['16', 'authenticationData', '00 01 00', hex('00')],
  ['17', 'requestProblemInformation', '00', false],
  ['18', 'willDelayInterval', '00 00 01 00', 256],
  ['19', 'requestResponseInformation', '01', true],
  ['1a', 'responseInformation', '00 01 6f', 'o'],
  ['1c', 'serverReference', '00 01 73', 's'],
  ['1f', 'reasonString', '00 02 6e 6f', 'no'],
  ['21', 'receiveMaximum', '00 01', 1],
  ['22', 'topicAliasMaximum', 'ff ff', 65_535],
  ['23', 'topicAlias', '01 00', 256],
  ['24', 'maximumQoS', '00', 0],
  ['25', 'retainAvailable', '00', false],
  ['26', 'userProperties', '00 01 61 00 01 62', [['a', 'b']]],
  ['27', 'maximumPacketSize', '80 00 00 00', 2_147_483_648],
  ['28', 'wildcardSubscriptionAvailable', '01', true],
  ['29', 'subscriptionIdentifierAvailable', '00', false],
  ['2a', 'sharedSubscriptionAvailable', '01', true],
];

interface Carrier {
  readonly name: string;
  readonly sender: Sender;
  /** The properties that it may carry; the table of the standard turned round. */
  readonly ids: string;
  /** Not at this place, but in the table of the packet: a Protocol Error rather than a Malformed Packet. */
  readonly othersIds?: string;
  readonly bytes: (properties: string) => Uint8Array;
  readonly packet: (properties: object) => Packet;
  readonly read: (packet: Packet) => object | undefined;
}

const PUBLISH = { type: 'publish', topic: 'a', payload: hex(''), qos: 0, retain: false, dup: false } as const;
const MESSAGE = '01 02 03 08 09 23 26';
const METHOD = '15 00 01 6d';
const CONNECT = { type: 'connect', clientId: '', cleanStart: true, keepAlive: 0 } as const;

const carriers: readonly Carrier[] = [
  {
    name: 'CONNECT',
    sender: 'client',
    ids: '11 15 16 17 19 21 22 26 27',
    bytes: (text) => framedHex('10', '00 04 4d 51 54 54 05 02 00 00', text, '00 00'),
    packet: (set) => ({ ...CONNECT, properties: set }),
    read: own,
  },
  {
    name: 'a will',
    sender: 'client',
    ids: '01 02 03 08 09 18 26',
    bytes: (text) => framedHex('10', '00 04 4d 51 54 54 05 06 00 00 00 00 00', text, '00 01 74 00 00'),
    packet: (set) => ({ ...CONNECT, will: { topic: 't', properties: set } }),
    read: (packet) => (packet.type === 'connect' ? packet.will?.properties : undefined),
  },
  {
    name: 'CONNACK',
    sender: 'server',
    ids: '11 12 13 15 16 1a 1c 1f 21 22 24 25 26 27 28 29 2a',
    bytes: (text) => framedHex('20', '00 00', text),
    packet: (set) => ({ type: 'connack', sessionPresent: false, reasonCode: 0, properties: set }),
    read: own,
  },
  {
    name: 'PUBLISH of a client',
    sender: 'client',
    ids: MESSAGE,
    othersIds: '0b',
    bytes: (text) => framedHex('30', '00 01 61', text),
    packet: (set) => ({ ...PUBLISH, properties: set }),
    read: own,
  },
  {
    name: 'PUBLISH of a server',
    sender: 'server',
    ids: `${MESSAGE} 0b`,
    bytes: (text) => framedHex('30', '00 01 61', text),
    packet: (set) => ({ ...PUBLISH, properties: set }),
    read: own,
  },
  ...(['client', 'server'] as const).flatMap((sender) =>
    (
      [
        ['puback', '40'],
        ['pubrec', '50'],
        ['pubrel', '62'],
        ['pubcomp', '70'],
      ] as const
    ).map(([type, first]): Carrier => ({
      name: `${type.toUpperCase()} of a ${sender}`,
      sender,
      ids: '1f 26',
      bytes: (text) => framedHex(first, '00 01 00', text),
      packet: (set) => ({ type, packetId: 1, properties: set }),
      read: own,
    })),
  ),
  {
    name: 'SUBSCRIBE',
    sender: 'client',
    ids: '0b 26',
    bytes: (text) => framedHex('82', '00 01', text, '00 01 61 00'),
    packet: (set) => ({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a' }], properties: set }),
    read: own,
  },
  {
    name: 'SUBACK',
    sender: 'server',
    ids: '1f 26',
    bytes: (text) => framedHex('90', '00 01', text, '00'),
    packet: (set) => ({ type: 'suback', packetId: 1, reasonCodes: [0], properties: set }),
    read: own,
  },
  {
    name: 'UNSUBSCRIBE',
    sender: 'client',
    ids: '26',
    bytes: (text) => framedHex('a2', '00 01', text, '00 01 61'),
    packet: (set) => ({ type: 'unsubscribe', packetId: 1, topicFilters: ['a'], properties: set }),
    read: own,
  },
  {
    name: 'UNSUBACK',
    sender: 'server',
    ids: '1f 26',
    bytes: (text) => framedHex('b0', '00 01', text, '00'),
    packet: (set) => ({ type: 'unsuback', packetId: 1, reasonCodes: [0], properties: set }),
    read: own,
  },
  {
    name: 'DISCONNECT of a client',
    sender: 'client',
    ids: '11 1f 26',
    othersIds: '1c',
    bytes: (text) => framedHex('e0', '00', text),
    packet: (set) => ({ type: 'disconnect', properties: set }),
    read: own,
  },
  {
    name: 'DISCONNECT of a server',
    sender: 'server',
    ids: '1c 1f 26',
    othersIds: '11',
    bytes: (text) => framedHex('e0', '00', text),
    packet: (set) => ({ type: 'disconnect', properties: set }),
    read: own,
  },
  ...(['client', 'server'] as const).map((sender): Carrier => ({
    name: `AUTH of a ${sender}`,
    sender,
    ids: '15 16 1f 26',
    bytes: (text) => framedHex('f0', '18', text),
    packet: (set) => ({ type: 'auth', reasonCode: 0x18, properties: set }),
    read: own,
  })),
];

function own(packet: Packet): object | undefined {
  return 'properties' in packet ? packet.properties : undefined;
}

for (const carrier of carriers) {
  const { name, sender, bytes, packet, read } = carrier;
  const allowed = carrier.ids.split(' ');
  // What has to be there besides: data needs a method, and AUTH always has one.
  const besides = (id: string): [string, object] =>
    id !== '15' && (name.startsWith('AUTH') || (id === '16' && allowed.includes('16')))
      ? [METHOD, { authenticationMethod: 'm' }]
      : ['', {}];
  const repeats = (id: string): boolean => id === '26' || (id === '0b' && name === 'PUBLISH of a server');

  describe(`the properties of ${name}`, () => {
    for (const [id, generalName, data, generalValue] of properties) {
      // The one id with two names: a PUBLISH may carry several.
      const several = id === '0b' && name.startsWith('PUBLISH');
      const property: PropertyName = several ? 'subscriptionIdentifiers' : generalName;
      const value = several ? [generalValue] : generalValue;
      const [extra, extraSet] = besides(id);
      const set = { ...extraSet, [property]: value };

      if (!allowed.includes(id)) {
        const reasonCode = carrier.othersIds?.split(' ').includes(id) ? 0x82 : 0x81;
        it(`do not include ${property}`, () => {
          expectInvalidPacket(() => decodePacket(bytes(block(extra, id, data)), sender), reasonCode);
          expectInvalidArgument(() => packetLength(packet(set), sender), new RegExp(`cannot carry.* ${property}$`));
        });
        continue;
      }

      it(`include ${property}`, () => {
        const encoded = bytes(block(extra, id, data));
        expect(read(decodePacket(encoded, sender))).toEqual(set);
        expect(packetLength(packet(set), sender)).toBe(encoded.length);
      });

      it(`include ${property} ${repeats(id) ? 'any number of times' : 'once'}`, () => {
        const twice = bytes(block(extra, id, data, id, data));
        if (repeats(id)) {
          const values = [...(value as unknown[]), ...(value as unknown[])];
          expect(read(decodePacket(twice, sender))).toEqual({ [property]: values, ...extraSet });
          expect(packetLength(packet({ ...extraSet, [property]: values }), sender)).toBe(twice.length);
        } else expectInvalidPacket(() => decodePacket(twice, sender), 0x82);
      });

      it(`include ${property} whole or not at all`, () => {
        const length = hex(data).length;
        for (let left = 0; left < length; left++) {
          const cut = hex(data).subarray(0, left);
          const text = block(extra, id, Buffer.from(cut).toString('hex'));
          expectInvalidPacket(() => decodePacket(bytes(text), sender), 0x81);
        }
      });
    }

    it('are known by 27 identifiers, and by no other', () => {
      const known = properties.map(([id]) => id);
      expect(new Set(known).size).toBe(27);
      for (let id = 0; id < 128; id++) {
        const text = id.toString(16).padStart(2, '0');
        if (known.includes(text)) continue;
        for (const data of ['', '00 00 00 00']) {
          expectInvalidPacket(() => decodePacket(bytes(block(text, data)), sender), 0x81);
        }
      }
      // 128, 129 (the low bits are those of 01), 166 (of 26), 16,384 and the largest of all.
      for (const text of ['80 01', '81 01', 'a6 01', '80 80 01', 'ff ff ff 7f']) {
        expectInvalidPacket(() => decodePacket(bytes(block(text, '00 00 00 00')), sender), 0x81);
      }
    });

    it('are not objects of other kinds, and have no other names', () => {
      for (const unknown of ['foo', 'topic', '0', 'constructor', '__proto__', 'toString', 'reason-string']) {
        const set = { ...besides('')[1], [unknown]: 'x' };
        expectInvalidArgument(() => packetLength(packet(set), sender), /cannot carry/);
      }
    });

    it('may be there and undefined', () => {
      const nothing = Object.fromEntries(properties.map(([, property]) => [property, undefined]));
      const [, set] = besides('');
      expect(packetLength(packet({ ...nothing, ...set }), sender)).toBe(packetLength(packet(set), sender));
    });
  });
}

describe('the values of properties', () => {
  /** The bytes are those of the packet in front of its properties and behind them, and the one property. */
  const bad: readonly [name: string, sender: Sender, first: string, before: string, after: string, property: string][] =
    [
      ['Payload Format Indicator 2', 'server', '30', '00 01 61', '', '01 02'],
      ['Payload Format Indicator 255', 'client', '30', '00 01 61', '', '01 ff'],
      [
        'Payload Format Indicator 2 of a will',
        'client',
        '10',
        '00 04 4d 51 54 54 05 06 00 00 00 00 00',
        '00 01 74 00 00',
        '01 02',
      ],
      ['Request Problem Information 2', 'client', '10', '00 04 4d 51 54 54 05 02 00 00', '00 00', '17 02'],
      ['Request Response Information 2', 'client', '10', '00 04 4d 51 54 54 05 02 00 00', '00 00', '19 02'],
      ['Receive Maximum 0 of a client', 'client', '10', '00 04 4d 51 54 54 05 02 00 00', '00 00', '21 00 00'],
      ['Maximum Packet Size 0 of a client', 'client', '10', '00 04 4d 51 54 54 05 02 00 00', '00 00', '27 00 00 00 00'],
      ['Receive Maximum 0', 'server', '20', '00 00', '', '21 00 00'],
      ['Maximum Packet Size 0', 'server', '20', '00 00', '', '27 00 00 00 00'],
      ['Maximum QoS 2 [MQTT-3.2.2-9]', 'server', '20', '00 00', '', '24 02'],
      ['Retain Available 2', 'server', '20', '00 00', '', '25 02'],
      ['Wildcard Subscription Available 2', 'server', '20', '00 00', '', '28 02'],
      ['Subscription Identifier Available 2', 'server', '20', '00 00', '', '29 02'],
      ['Shared Subscription Available 2', 'server', '20', '00 00', '', '2a 02'],
      ['Subscription Identifier 0', 'server', '30', '00 01 61', '', '0b 00'],
      ['Subscription Identifier 0 of SUBSCRIBE', 'client', '82', '00 01', '00 01 61 00', '0b 00'],
      ['empty Response Topic', 'server', '30', '00 01 61', '', '08 00 00'],
      [
        'Response Topic with a wildcard of a will',
        'client',
        '10',
        '00 04 4d 51 54 54 05 06 00 00 00 00 00',
        '00 01 74 00 00',
        '08 00 01 2b',
      ],
    ];
  for (const [name, sender, first, before, after, property] of bad) {
    it(`do not include ${name}`, () => {
      expectInvalidPacket(() => decodePacket(framedHex(first, before, block(property), after), sender), 0x82);
    });
  }

  it('reach their limits', () => {
    const bytes = framedHex(
      '20',
      '00 00',
      block('11 00 00 00 00', '21 ff ff', '27 ff ff ff ff', '13 00 00', '22 00 00'),
    );
    expect(decodePacket(bytes, 'server')).toMatchObject({
      properties: {
        sessionExpiryInterval: 0,
        receiveMaximum: 65_535,
        maximumPacketSize: 4_294_967_295,
        serverKeepAlive: 0,
        topicAliasMaximum: 0,
      },
    });
  });

  it('keep the order of user properties, and of nothing else [MQTT-3.3.2-18]', () => {
    const mixed = framedHex(
      '30',
      '00 01 61',
      block('26 00 01 62 00 01 31', '03 00 01 63', '26 00 01 61 00 01 32', '01 01', '26 00 01 62 00 01 33'),
    );
    expect(decodePacket(mixed, 'server')).toMatchObject({
      properties: {
        contentType: 'c',
        payloadFormatIndicator: 1,
        userProperties: [
          ['b', '1'],
          ['a', '2'],
          ['b', '3'],
        ],
      },
    });
  });

  it('do not reach the prototype of anything', () => {
    const bytes = framedHex('30', '00 01 61', block('26 00 09 5f 5f 70 72 6f 74 6f 5f 5f 00 01 78'));
    expect(decodePacket(bytes, 'server')).toMatchObject({ properties: { userProperties: [['__proto__', 'x']] } });
  });
});
