import fc from 'fast-check';
import { generate, parser, type Packet as TheirPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import {
  decodePacket,
  encodePacket,
  packetLength,
  type AnyProperties,
  type Packet,
  type Sender,
} from '@minimq/core/codec';
import { packets } from './arbitrary-packets.ts';
import { hex, toHex } from './bytes.ts';
import { expectInvalidPacket } from './refusal.ts';

// The codec of another hand, mqtt-packet: what either writes, the other has to read. Where the two differ on purpose,
// the last part of this file says so.

const SEED = 5_000_312;
const V5 = { protocolVersion: 5 };

type Fields = Record<string, unknown>;

function encode(packet: Packet, sender: Sender): Buffer {
  const bytes = Buffer.alloc(packetLength(packet, sender));
  encodePacket(packet, sender, bytes);
  return bytes;
}

function theirDecode(bytes: Uint8Array): Fields {
  const parsed: TheirPacket[] = [];
  const decoder = parser(V5);
  decoder.on('packet', (packet) => parsed.push(packet));
  decoder.on('error', (error: unknown) => {
    throw error;
  });
  const left = decoder.parse(Buffer.from(bytes));
  if (left !== 0 || parsed.length !== 1) throw new Error(`${left} bytes left, ${parsed.length} packets`);
  return { ...parsed[0] };
}

function theirEncode(fields: Fields): Buffer {
  return generate(fields as unknown as TheirPacket, V5);
}

/** What they leave in every packet, or know of the protocol, is not compared. */
function compared(fields: Fields): Fields {
  const rest: Fields = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || ['length', 'protocolId', 'protocolVersion'].includes(key)) continue;
    if (['qos', 'dup', 'retain'].includes(key) && fields['cmd'] !== 'publish') continue;
    rest[key] = value;
  }
  return rest;
}

/** Our packet as theirs. */
function theirs(packet: Packet): Fields {
  switch (packet.type) {
    case 'connect': {
      const { clientId, cleanStart, keepAlive, will, username, password } = packet;
      return {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 5,
        clientId,
        clean: cleanStart,
        keepalive: keepAlive,
        ...(will !== undefined && {
          will: {
            topic: will.topic,
            payload: Buffer.from(will.payload ?? ''),
            qos: will.qos,
            retain: will.retain,
            ...theirProperties(will.properties),
          },
        }),
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password: Buffer.from(password) }),
        ...theirProperties(packet.properties),
      };
    }
    case 'connack': {
      const { sessionPresent, reasonCode } = packet;
      return { cmd: 'connack', sessionPresent, reasonCode, ...theirProperties(packet.properties) };
    }
    case 'publish': {
      const { topic, qos, dup, retain, packetId } = packet;
      return {
        cmd: 'publish',
        topic,
        payload: Buffer.from(packet.payload),
        qos,
        dup,
        retain,
        ...(packetId !== undefined && { messageId: packetId }),
        ...theirProperties(packet.properties),
      };
    }
    case 'subscribe':
      return {
        cmd: 'subscribe',
        messageId: packet.packetId,
        subscriptions: packet.subscriptions.map((each) => ({
          topic: each.topicFilter,
          qos: each.qos,
          nl: each.noLocal,
          rap: each.retainAsPublished,
          rh: each.retainHandling,
        })),
        ...theirProperties(packet.properties),
      };
    case 'unsubscribe':
      return {
        cmd: 'unsubscribe',
        messageId: packet.packetId,
        unsubscriptions: packet.topicFilters,
        ...theirProperties(packet.properties),
      };
    case 'suback':
    case 'unsuback':
      return {
        cmd: packet.type,
        messageId: packet.packetId,
        granted: packet.reasonCodes,
        ...theirProperties(packet.properties),
      };
    case 'disconnect':
    case 'auth':
      return { cmd: packet.type, reasonCode: packet.reasonCode, ...theirProperties(packet.properties) };
    case 'pingreq':
    case 'pingresp':
      return { cmd: packet.type };
    default:
      return {
        cmd: packet.type,
        messageId: packet.packetId,
        reasonCode: packet.reasonCode,
        ...theirProperties(packet.properties),
      };
  }
}

function theirProperties(properties: object | undefined): { properties?: Fields } {
  const fields: Fields = {};
  for (const [name, value] of Object.entries((properties ?? {}) as AnyProperties)) {
    if (name === 'payloadFormatIndicator') fields[name] = value === 1;
    else if (name === 'subscriptionIdentifierAvailable') fields['subscriptionIdentifiersAvailable'] = value;
    else if (name === 'subscriptionIdentifiers') {
      const list = value as readonly number[];
      fields['subscriptionIdentifier'] = list.length === 1 ? list[0] : list;
    } else if (name === 'userProperties') fields[name] = grouped(value as readonly (readonly [string, string])[]);
    else fields[name] = value instanceof Uint8Array ? Buffer.from(value) : value;
  }
  return Object.keys(fields).length > 0 ? { properties: fields } : {};
}

/** Their user properties: an object, so the order between names is lost. */
function grouped(pairs: readonly (readonly [string, string])[]): Fields {
  const groups = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of pairs) {
    const before = groups[name];
    groups[name] = before === undefined ? value : [before, value].flat();
  }
  return groups;
}

describe.each(['client', 'server'] as const)('packets of a %s', (sender) => {
  it('are read by mqtt-packet as we wrote them', () => {
    fc.assert(
      fc.property(packets(sender, { emptyValues: false }), (packet) => {
        expect(compared(theirDecode(encode(packet, sender)))).toEqual(compared(theirs(packet)));
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });

  it('are read by us as mqtt-packet wrote them', () => {
    fc.assert(
      fc.property(packets(sender), (packet) => {
        fc.pre(!isBeyondThem(packet));
        expect(theirs(decodePacket(theirEncode(theirs(packet)), sender))).toEqual(theirs(packet));
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });
});

/** CONNECT packets that MQTT 5 allows and mqtt-packet does not write; see below. */
function isBeyondThem(packet: Packet): boolean {
  if (packet.type !== 'connect') return false;
  const passwordOnly = packet.password !== undefined && packet.username === undefined;
  return passwordOnly || (packet.clientId === '' && !packet.cleanStart);
}

describe('mqtt-packet differs, and we stay as we are:', () => {
  const connect = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, keepalive: 0 };

  it('it writes no password without a user name; MQTT 5 allows that [MQTT-3.1.2-19]', () => {
    expect(() => theirEncode({ ...connect, clientId: 'c', clean: true, password: Buffer.from('p') })).toThrow(
      /Username/,
    );
    expect(decodePacket(hex('10 10  00 04 4d 51 54 54 05 40 00 00  00  00 00  00 01 70'), 'client')).toMatchObject({
      password: hex('70'),
    });
  });

  it('it writes no empty ClientID with Clean Start 0; MQTT 5 allows that, and the server assigns one', () => {
    expect(() => theirEncode({ ...connect, clientId: '', clean: false })).toThrow(/clientId/);
    expect(decodePacket(hex('10 0d  00 04 4d 51 54 54 05 00 00 00  00  00 00'), 'client')).toMatchObject({
      clientId: '',
      cleanStart: false,
    });
  });

  it('it forgets an empty user property when its name comes again, and the order of names [MQTT-3.3.2-18]', () => {
    const bytes = hex('30 13  00 01 61  0f  26 00 01 6b 00 00  26 00 01 6b 00 03 61 62 63');
    expect(theirDecode(bytes)).toMatchObject({ properties: { userProperties: { k: 'abc' } } });
    expect(decodePacket(bytes, 'server')).toMatchObject({
      properties: {
        userProperties: [
          ['k', ''],
          ['k', 'abc'],
        ],
      },
    });
  });

  it('it writes a Property Length of 0 where it may be left out; we take that and leave it out', () => {
    expect(toHex(theirEncode({ cmd: 'disconnect', reasonCode: 0 }))).toBe('e0 02 00 00');
    expect(toHex(encode(decodePacket(hex('e0 02 00 00'), 'server'), 'server'))).toBe('e0 00');
  });

  const taken: readonly [what: string, bytes: string, reasonCode: number][] = [
    ['ill-formed UTF-8, which it repairs', '30 05  00 02 c3 28  00', 0x81],
    ['U+0000 in a topic', '30 05  00 02 61 00  00', 0x81],
    ['a length in more bytes than it needs', '30 84 00  00 01 61  00', 0x81],
    ['a property twice', '30 08  00 01 61  04 01 01 01 01', 0x82],
    ['a property of another packet', '40 09  00 01 00  05 11 00 00 00 01', 0x81],
    ['a value out of its range', '20 06  00 00  03 21 00 00', 0x82],
    ['an alias of 0', '30 07  00 01 61  03 23 00 00', 0x94],
    ['a topic with a wildcard', '30 04  00 01 23  00', 0x90],
    ['no topic at all', '30 03  00 00  00', 0x82],
    ['the packet identifier 0', '40 02  00 00', 0x82],
    ['bytes behind the last field', '20 04  00 00  00  00', 0x81],
    ['DUP in a PUBLISH of QoS 0', '38 04  00 01 61  00', 0x82],
    ['a CONNACK code that there is not', '20 03  00 01  00', 0x82],
    ['a SUBACK without codes', '90 03  00 01  00', 0x82],
    ['an AUTH without its method', 'f0 02  18 00', 0x82],
  ];
  for (const [what, bytes, reasonCode] of taken) {
    it(`it takes ${what}`, () => {
      theirDecode(hex(bytes));
      expectInvalidPacket(() => decodePacket(hex(bytes), 'server'), reasonCode);
    });
  }
});
