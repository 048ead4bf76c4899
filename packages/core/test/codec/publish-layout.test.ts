import { describe, expect, it } from 'vitest';
import { decodePacket, type AnyProperties, type Sender } from '@minimq/core/codec';
import { publishLayout, scanPublish } from '../../src/codec/publish.ts';
import { CLIENT, SERVER } from '../../src/codec/place.ts';
import { readProperties } from '../../src/codec/read-properties.ts';
import { Reader } from '../../src/codec/reader.ts';
import { bodyOf, hex, surrounded } from './bytes.ts';
import { publishRows } from './publish-rows.ts';
import { expectInvalidPacket } from './refusal.ts';
import { sendersOf, type Row } from './rows.ts';

// A received PUBLISH is checked and read where it stands, in the middle of a receive buffer.

for (const row of publishRows.filter(({ value }) => value.type === 'publish')) {
  for (const sender of sendersOf(row))
    describe(`${row.name} (${row.section}), from a ${sender}`, () => check(row, sender));
}

function check({ bytes: text, value }: Row, sender: Sender): void {
  if (value.type !== 'publish') throw new Error('a PUBLISH');
  const bytes = hex(text);
  const start = 11;
  const end = start + bytes.length;
  const buffer = surrounded(bytes, start, 9);
  const bodyStart = end - bodyOf(bytes).length;

  it('is laid out where it stands', () => {
    const reader = new Reader(sender === 'server' ? SERVER : CLIENT);
    const layout = publishLayout();
    reader.open(buffer, start, end);
    expect(reader.position).toBe(bodyStart);
    scanPublish(reader, layout);
    expect(layout).toMatchObject({
      first: bytes[0],
      topicStart: bodyStart + 2,
      topicEnd: bodyStart + 2 + Buffer.byteLength(value.topic),
      packetId: value.packetId ?? 0,
      payloadStart: end - value.payload.length,
      end,
      topicAlias: value.properties?.topicAlias ?? 0,
    });
    expect(Buffer.from(buffer.subarray(layout.topicStart, layout.topicEnd)).toString()).toBe(value.topic);
    reader.position = layout.propertiesStart;
    const properties: AnyProperties = readProperties(reader);
    expect(properties).toEqual(value.properties);
    expect(reader.position).toBe(layout.payloadStart);
  });

  it('is never read past its end', () => {
    const reader = new Reader(sender === 'server' ? SERVER : CLIENT);
    for (let cut = bodyStart; cut < end - value.payload.length; cut++) {
      reader.open(buffer, start, cut);
      expectInvalidPacket(() => scanPublish(reader, publishLayout()), 0x81);
    }
  });
}

describe('the payload of a decoded PUBLISH', () => {
  it('is a window on the bytes given, and all else is a copy', () => {
    const bytes = hex('30 0e  00 01 61  08  09 00 02 01 02 03 00 00  68 69');
    const packet = decodePacket(bytes, 'server');
    if (packet.type !== 'publish') throw new Error('a PUBLISH');
    expect(packet.payload.buffer).toBe(bytes.buffer);
    expect(packet.payload.byteOffset).toBe(14);
    expect(packet.properties?.correlationData?.buffer).not.toBe(bytes.buffer);
  });
});
