import { expect, test } from 'vitest';
import { Frames } from '../src/wire/frames.ts';

/** QoS 1 with 200 bytes of payload, PUBACK, QoS 0, PINGREQ, QoS 2 with an empty payload. */
const STREAM = Uint8Array.from(
  [
    [0x32, 0xce, 0x01, 0, 1, 0x61, 0x12, 0x34, 0],
    Array.from({ length: 200 }, () => 0x40),
    [0x40, 2, 0x43, 0x21],
    [0x30, 6, 0, 1, 0x61, 0, 0x32, 0x32],
    [0xc0, 0],
    [0x34, 6, 0, 1, 0x61, 0x00, 0x07, 0],
  ].flat(),
);

const EXPECTED = [
  [0x32, 0x1234],
  [0x40, 0x4321],
  [0x30, 0],
  [0xc0, 0],
  [0x34, 7],
];

function scan(...chunks: Uint8Array[]): number[][] {
  const found: number[][] = [];
  // A packet without a body has no identifier; what stands where one would be is not looked at.
  const frames = new Frames((first, packetId) => found.push([first, first === 0xc0 ? 0 : packetId]));
  for (const chunk of chunks) frames.take(chunk);
  return found;
}

test('finds every packet of a chunk', () => {
  expect(scan(STREAM)).toEqual(EXPECTED);
});

test('finds them wherever the stream is cut in two', () => {
  for (let cut = 1; cut < STREAM.length; cut++) {
    expect(scan(STREAM.subarray(0, cut), STREAM.subarray(cut)), `cut at ${cut}`).toEqual(EXPECTED);
  }
});

test('finds them byte by byte', () => {
  expect(scan(...Array.from(STREAM, (byte) => Uint8Array.of(byte)))).toEqual(EXPECTED);
});
