import { describe, expect, it } from 'vitest';
import { decodePacket, encodePacket, frameLength, packetLength, type Packet, type Sender } from '@minimq/core/codec';
import { bodyOf, framed, hex, surrounded, toHex } from './bytes.ts';
import { errorOf, expectInvalidPacket } from './refusal.ts';
import { rows, sendersOf, type Row } from './rows.ts';

for (const row of rows) {
  for (const sender of sendersOf(row))
    describe(`${row.name} (${row.section}), from a ${sender}`, () => check(row, sender));
}

function check({ bytes: text, value, shortest = text }: Row, sender: Sender): void {
  const bytes = hex(text);
  const first = bytes[0] ?? 0;
  const body = bodyOf(bytes);

  it('decodes', () => {
    expect(decodePacket(bytes, sender)).toEqual(value);
  });

  it('decodes inside a bigger buffer, and keeps nothing of it but the payload', () => {
    const all = surrounded(bytes, 5, 7);
    const packet = decodePacket(all.subarray(5, 5 + bytes.length), sender);
    expect(packet).toEqual(value);
    const payload = packet.type === 'publish' ? packet.payload.slice() : undefined;
    all.fill(0xaa);
    expect(payload === undefined ? packet : { ...packet, payload }).toEqual(value);
  });

  it('decodes from a Buffer of Node, with the same promise', () => {
    const all = Buffer.from(bytes);
    const packet = decodePacket(all, sender);
    const payload = packet.type === 'publish' ? new Uint8Array(packet.payload) : undefined;
    all.fill(0xaa);
    expect(payload === undefined ? packet : { ...packet, payload }).toEqual(value);
  });

  it('is found in a stream as soon as its header is there', () => {
    const all = surrounded(bytes, 2, 1);
    const header = bytes.length - body.length;
    for (let end = 2; end < 2 + header; end++) expect(frameLength(all, 2, end)).toBe(0);
    for (let end = 2 + header; end <= all.length; end++) expect(frameLength(all, 2, end)).toBe(bytes.length);
  });

  it('is refused when cut off', () => {
    for (let length = 0; length < bytes.length; length++) {
      expectInvalidPacket(() => decodePacket(bytes.subarray(0, length), sender), 0x81);
    }
  });

  it('is refused with a byte behind it', () => {
    expectInvalidPacket(() => decodePacket(surrounded(bytes, 0, 1), sender), 0x81);
  });

  it('is refused when its fields are cut off, except where they may end', () => {
    for (let length = 0; length < body.length; length++) {
      const run = () => decodePacket(framed(first, body.subarray(0, length)), sender);
      if (mayEndAt(value, body.length, length)) run();
      else expectInvalidPacket(run, 0x81, 0x82);
    }
  });

  it('is refused with a byte behind its fields, except where that is payload', () => {
    // 7f is no reason code, and as a length more than there is.
    const run = () => decodePacket(framed(first, new Uint8Array([...body, 0x7f])), sender);
    if (value.type === 'publish') run();
    else expectInvalidPacket(run, 0x81, 0x82);
  });

  it('is encoded to the shortest form, and nothing around is touched', () => {
    const expected = hex(shortest);
    expect(packetLength(value, sender)).toBe(expected.length);
    const target = new Uint8Array(expected.length + 8).fill(0xaa);
    expect(encodePacket(value, sender, target, 3)).toBe(3 + expected.length);
    expect(toHex(target)).toBe(toHex(surrounded(expected, 3, 5)));
  });

  it('is not begun where it has no room', () => {
    const expected = hex(shortest);
    for (const room of [0, expected.length - 1]) {
      const target = new Uint8Array(3 + room).fill(0xaa);
      expect(errorOf(() => encodePacket(value, sender, target, 3))).toMatchObject({
        name: 'ResourceError',
        code: 'buffer-too-small',
        connectionLost: false,
      });
      expect(target.every((byte) => byte === 0xaa)).toBe(true);
    }
  });
}

/** Whether the first `length` of `total` bytes behind the fixed header are a packet too. */
function mayEndAt(packet: Packet, total: number, length: number): boolean {
  const missing = total - length;
  switch (packet.type) {
    case 'publish':
      return missing <= packet.payload.length;
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return length === 2 || length === 3;
    case 'disconnect':
      return length <= 1;
    case 'suback':
    case 'unsuback':
      return missing < packet.reasonCodes.length;
    case 'subscribe':
      return endsOf(packet.subscriptions.map((each) => 3 + Buffer.byteLength(each.topicFilter))).includes(missing);
    case 'unsubscribe':
      return endsOf(packet.topicFilters.map((each) => 2 + Buffer.byteLength(each))).includes(missing);
    default:
      return false;
  }
}

/** How many bytes are missing where the last filter, the last two, … but not all of them are left out. */
function endsOf(lengths: readonly number[]): number[] {
  return lengths.slice(1).map((_, i) => lengths.slice(i + 1).reduce((sum, each) => sum + each, 0));
}
