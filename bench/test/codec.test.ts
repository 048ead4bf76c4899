import { decodePacket, encodePacket, packetLength, packetTypeName, PacketType } from '@minimq/core/codec';
import { generate, parser } from 'mqtt-packet';
import { describe, expect, test } from 'vitest';
import { codecWork } from '../src/codec/codec.ts';
import { PACKET_CASES } from '../src/codec/packet-cases.ts';

/** As text where there are bytes, for a quick comparison, and without the difference between no properties and an empty list. */
function plain(decoded: object): object {
  const { payload, properties } = decoded as { readonly payload?: Uint8Array | null; readonly properties?: object };
  const text = payload ? Buffer.from(payload).toString('latin1') : '';
  return { ...decoded, payload: text, properties: properties ?? {} };
}

describe.each(PACKET_CASES)('$name', (packetCase) => {
  const { sender, packet, peerPacket } = packetCase;
  const options = { protocolVersion: 5 };

  test('is the same packet for both codecs', () => {
    const theirs = plain(decodePacket(generate(peerPacket, options), sender));
    const bytes = new Uint8Array(packetLength(packet, sender));
    encodePacket(packet, sender, bytes);
    expect(plain(decodePacket(bytes, sender))).toEqual(theirs);

    const found: unknown[] = [];
    const reader = parser(options);
    reader.on('packet', (each) => found.push(plain({ ...each, length: undefined })));
    reader.parse(Buffer.from(bytes));
    reader.parse(generate(peerPacket, options));
    expect(found).toHaveLength(2);
    expect(found[0]).toEqual(found[1]);
  });

  test('can be encoded and decoded again and again', () => {
    for (const codec of ['minimq', 'mqtt-packet'] as const) {
      const work = codecWork(codec, packetCase);
      expect(work.encode()).toBe(work.encode());
      expect(work.decode()).toBeLessThanOrEqual(work.decode());
    }
  });
});

test('every packet of MQTT v5 is there', () => {
  const names = new Set(PACKET_CASES.map(({ packet }) => packet.type));
  const all = Object.values(PacketType).map((type) => packetTypeName(type));
  expect(names.size).toBe(15);
  expect(all.filter((name) => ![...names].some((type) => type === name.toLowerCase()))).toEqual([]);
});
