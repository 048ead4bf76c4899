import { malformed } from './violation.ts';

/** The largest Variable Byte Integer (section 1.5.5). */
export const VARINT_MAX = 268_435_455;

/** How many bytes `value` takes: 1 to 4. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x20_0000 ? 3 : 4;
}

/** Writes `value`, 0 to 268,435,455, and returns the position behind it. */
export function writeVarint(target: Uint8Array, position: number, value: number): number {
  while (value > 0x7f) {
    target[position++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  target[position++] = value;
  return position;
}

/**
 * The length of the whole packet that begins at `start`, its fixed header included; 0 while the header is incomplete.
 * Throws a `PeerError` where no further byte could make it a length.
 */
export function frameLength(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const position = start + 1 + i;
    if (position >= end) return 0;
    const byte = bytes[position]!;
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      if (byte === 0 && i > 0) break;
      return value + i + 2;
    }
  }
  throw malformed('1.5.5', 'The Remaining Length is over-long');
}
