import { describe, expect, it } from 'vitest';
import { decodePacket, encodePacket, frameLength, packetLength, varintLength, VARINT_MAX } from '@minimq/core/codec';
import { hex, surrounded, toHex } from './bytes.ts';
import { expectInvalidArgument, expectInvalidPacket } from './refusal.ts';

// Section 1.5.5: Variable Byte Integers, as Remaining Length and as the value of a property.

const values: readonly [value: number, bytes: string][] = [
  [0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, '80 01'],
  [255, 'ff 01'],
  [16_383, 'ff 7f'],
  [16_384, '80 80 01'],
  [2_097_151, 'ff ff 7f'],
  [2_097_152, '80 80 80 01'],
  [268_435_455, 'ff ff ff 7f'],
];

const overLong = ['80 00', '83 00', 'ff 00', '80 80 00', 'ff ff 00', '80 80 80 00', '81 80 80 00'];
const tooMany = ['80 80 80 80', 'ff ff ff ff', '80 80 80 80 01', 'ff ff ff ff 7f', '81 80 80 80 00'];

describe('the Remaining Length', () => {
  for (const [value, bytes] of values) {
    it(`of ${value} is ${bytes}, and nothing is known before its last byte [MQTT-1.5.5-1]`, () => {
      expect(varintLength(value)).toBe(hex(bytes).length);
      const all = surrounded(hex(`30 ${bytes}`), 4, 6);
      const headerEnd = 4 + 1 + hex(bytes).length;
      for (let end = 4; end < headerEnd; end++) expect(frameLength(all, 4, end)).toBe(0);
      // Whatever else is there already, the body included.
      for (let end = headerEnd; end <= all.length; end++) {
        expect(frameLength(all, 4, end)).toBe(1 + hex(bytes).length + value);
      }
    });
  }

  for (const bytes of overLong) {
    it(`is refused as ${bytes}, which says it in too many bytes [MQTT-1.5.5-1]`, () => {
      const all = hex(`30 ${bytes}`);
      for (let end = 0; end < all.length; end++) expect(frameLength(all, 0, end)).toBe(0);
      expectInvalidPacket(() => frameLength(all, 0, all.length), 0x81);
      expectInvalidPacket(() => decodePacket(all, 'server'), 0x81);
    });
  }

  for (const bytes of tooMany) {
    it(`is refused as ${bytes}: at the fourth byte that has another behind it`, () => {
      const all = hex(`30 ${bytes}`);
      for (let end = 0; end < 5; end++) expect(frameLength(all, 0, end)).toBe(0);
      for (let end = 5; end <= all.length; end++) expectInvalidPacket(() => frameLength(all, 0, end), 0x81);
    });
  }

  it('allocates nothing, however much it announces', () => {
    expect(frameLength(hex('30 ff ff ff 7f 00'), 0, 6)).toBe(268_435_460);
    expectInvalidPacket(() => decodePacket(hex('30 ff ff ff 7f 00'), 'server'), 0x81);
  });

  for (const [value, length] of values.filter(([number]) => number >= 127 && number <= 2_097_152)) {
    it(`of ${value} is written in the fewest bytes, and read back [MQTT-1.5.5-1]`, () => {
      const payload = new Uint8Array(value - 4).fill(0x2e);
      const packet = {
        type: 'publish',
        topic: 'a',
        payload,
        qos: 0,
        retain: false,
        dup: false,
        properties: {},
      } as const;
      const target = new Uint8Array(packetLength(packet, 'client'));
      expect(encodePacket(packet, 'client', target)).toBe(1 + hex(length).length + value);
      expect(toHex(target.subarray(0, 1 + hex(length).length + 4))).toBe(`30 ${length} 00 01 61 00`);
      const decoded = decodePacket(target, 'client');
      expect(decoded).toMatchObject({ type: 'publish', topic: 'a', properties: {} });
      // Not `toEqual`: it looks at every byte, slowly.
      expect(decoded.type === 'publish' && Buffer.compare(decoded.payload, payload)).toBe(0);
    });
  }

  it('has a largest value, and so has a packet', () => {
    expect(VARINT_MAX).toBe(268_435_455);
    const memory = new Uint8Array(VARINT_MAX);
    const packet = { type: 'publish', topic: 'a', qos: 0, retain: false, dup: false } as const;
    expect(packetLength({ ...packet, payload: memory.subarray(4) }, 'client')).toBe(268_435_460);
    expectInvalidArgument(() => packetLength({ ...packet, payload: memory.subarray(3) }, 'client'), /268,435,460/);
  });
});

describe('a Subscription Identifier', () => {
  for (const [value, bytes] of values.filter(([number]) => number > 0)) {
    it(`of ${value} is ${bytes}`, () => {
      const size = hex(bytes).length;
      const packet = hex(`82 ${toHex(new Uint8Array([8 + size]))}  00 01  0${1 + size} 0b ${bytes}  00 01 61 00`);
      expect(decodePacket(packet, 'client')).toMatchObject({ properties: { subscriptionIdentifier: value } });
      const target = new Uint8Array(packet.length);
      encodePacket(decodePacket(packet, 'client'), 'client', target);
      expect(toHex(target)).toBe(toHex(packet));
    });
  }

  for (const bytes of [...overLong, ...tooMany]) {
    it(`is refused as ${bytes}`, () => {
      const size = hex(bytes).length;
      const packet = hex(`30 ${toHex(new Uint8Array([5 + size]))}  00 01 61  0${1 + size} 0b ${bytes}`);
      expectInvalidPacket(() => decodePacket(packet, 'server'), 0x81);
    });
  }
});

describe('the Property Length and the Property Identifier', () => {
  const cases: readonly [string, string][] = [
    ['a Property Length in two bytes that needs one', '30 05  00 01 61  80 00'],
    ['a Property Length in two bytes, with a property', '30 07  00 01 61  82 00 01 00'],
    ['a Property Length of five bytes', '30 08  00 01 61  80 80 80 80 00'],
    ['a Property Identifier in two bytes that needs one', '30 07  00 01 61  03 81 00 01'],
    ['a Property Identifier of five bytes', '30 0a  00 01 61  06 81 80 80 80 00 01'],
    ['a Property Identifier cut off', '30 05  00 01 61  01 81'],
  ];
  for (const [name, bytes] of cases) {
    it(`are refused as ${name}`, () => {
      expectInvalidPacket(() => decodePacket(hex(bytes), 'server'), 0x81);
    });
  }

  it('may be of several bytes: 200 bytes of properties', () => {
    const bytes = hex(`30 cd 01  00 01 61  c8 01  26 00 00 00 c3 ${'61'.repeat(195)}`);
    const packet = decodePacket(bytes, 'client');
    expect(packet).toMatchObject({ properties: { userProperties: [['', 'a'.repeat(195)]] } });
    const target = new Uint8Array(bytes.length);
    expect(encodePacket(packet, 'client', target)).toBe(bytes.length);
    expect(toHex(target)).toBe(toHex(bytes));
  });
});
