import { describe, expect, it } from 'vitest';
import { decodePacket, type Packet } from '@minimq/core/codec';
import { hex, toHex } from './bytes.ts';
import { comparisons, findDifference } from './comparison.ts';
import { encode, theirDecode, theirEncode } from './mqtt-packet.ts';
import { expectInvalidPacket } from './refusal.ts';

// What either codec writes, the other has to read. Where the two differ on purpose, the last part of this file says so.

const SEED = 5_000_312;
/** `npm run conformance:codec` compares a million. */
const PACKETS_PER_COMPARISON = 5_000;

describe('random packets', () => {
  it.each(comparisons)('$name', (comparison) => {
    expect(findDifference(comparison, { seed: SEED, packetCount: PACKETS_PER_COMPARISON })).toBeUndefined();
  });

  it('are told apart where the codecs differ, with the seed', () => {
    const [comparison] = comparisons;
    const compare = ({ type }: Packet): void => expect(type).not.toBe('pingreq');
    const difference = findDifference({ ...comparison!, compare }, { seed: SEED, packetCount: 100 });
    expect(difference).toContain(String(SEED));
    expect(difference).toContain('"type":"pingreq"');
  });
});

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
